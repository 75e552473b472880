/** What the client weighs in a page: its whole door, bundled, minified and compressed. */

import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, test } from "vitest";

const budgetBytes = 12 * 1024;

test(`the bundle is at most ${budgetBytes} bytes`, async () => {
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
        input: `${import.meta.dirname}/../src/index.ts`,
        preserveEntrySignatures: "strict",
      },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (output === undefined || !("output" in output)) throw new Error("Nothing was built");
  expect(output.output.map((part) => part.type === "chunk" && part.imports)).toEqual([[]]);
  const code = output.output.map((part) => (part.type === "chunk" ? part.code : "")).join("");
  expect(code).toContain("connect");
  const bytes = gzipSync(code, { level: 9 }).byteLength;
  console.log(`@tautline/client: ${code.length} bytes minified, ${bytes} gzipped`);
  expect(bytes).toBeLessThanOrEqual(budgetBytes);
});
