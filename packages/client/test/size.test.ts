/** What the client weighs in a page: each of its doors, bundled, minified and compressed. */

import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, test } from "vitest";

test.each([
  ["index.ts", 12 * 1024],
  ["fallback.ts", 5 * 1024],
  ["protobuf.ts", 6 * 1024],
  ["react.ts", 3 * 1024],
  ["reconnecting-websocket.ts", 4 * 1024],
  ["server-subscriptions.ts", 3 * 1024],
])("the bundle of %s is at most %i bytes", async (door, budgetBytes) => {
  const result = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@tautline/source"] },
    build: {
      write: false,
      minify: true,
      target: "es2023",
      rolldownOptions: {
        input: `${import.meta.dirname}/../src/${door}`,
        preserveEntrySignatures: "strict",
        // The page has its own.
        external: ["react"],
      },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (output === undefined || !("output" in output)) throw new Error("Nothing was built");
  expect(output.output.map((part) => part.type === "chunk" && part.imports)).toEqual([
    door === "react.ts" ? ["react"] : [],
  ]);
  const code = output.output.map((part) => (part.type === "chunk" ? part.code : "")).join("");
  expect(code).toMatch(/export ?\{/);
  const bytes = gzipSync(code, { level: 9 }).byteLength;
  console.log(`@tautline/client, ${door}: ${code.length} bytes minified, ${bytes} gzipped`);
  expect(bytes).toBeLessThanOrEqual(budgetBytes);
});
