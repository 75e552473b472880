/**
 * The packages that must know no platform do not compile with one: the real compiler with each package's real
 * settings, over a made-up file that reaches for a global of Node.js or of the browser.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, test } from "vitest";

import { root, scratch } from "../scratch.ts";

const tsc = join(root, "node_modules", "typescript", "bin", "tsc");

/** Compiles one file under the package's settings and returns what the compiler says. */
async function compile(name: string, text: string): Promise<string> {
  const settings = {
    extends: join(root, "packages", name, "tsconfig.json"),
    compilerOptions: { noEmit: true, composite: false, incremental: false, rootDir: "." },
    include: ["."],
    references: [],
  };
  const folder = scratch({ "tsconfig.json": JSON.stringify(settings), "x.ts": text });
  return promisify(execFile)(process.execPath, [tsc, "-p", folder, "--pretty", "false"]).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? "",
  );
}

/** An expression for each global that must not be there. */
const platform: Readonly<Record<string, string>> = {
  Buffer: "Buffer.alloc(1)",
  process: "process.pid",
  setTimeout: "setTimeout(() => {}, 1)",
  queueMicrotask: "queueMicrotask(() => {})",
  performance: "performance.now()",
  crypto: "crypto.randomUUID()",
  console: "console.log(1)",
  TextEncoder: "new TextEncoder()",
  WebSocket: 'new WebSocket("ws://localhost")',
  document: "document.title",
};

function use(global: string): string {
  return `export const use_${global}: unknown = ${platform[global]};\n`;
}

describe.each(["protocol", "wire", "hub"])("%s", (name) => {
  test("compiles with the language's own library", async () => {
    const text = "export const x: Map<string, Uint8Array> = new Map();";
    expect(await compile(name, text)).toBe("");
  });

  test("knows no global of any platform", async () => {
    const said = await compile(name, Object.keys(platform).map(use).join(""));
    for (const global of Object.keys(platform)) expect(said).toContain(`'${global}'`);
  });

  test("knows no module of Node.js", async () => {
    expect(await compile(name, 'export { connect } from "node:net";')).toMatch(/node:net/);
  });
});

describe("client", () => {
  test("knows the browser", async () => {
    expect(await compile("client", use("WebSocket"))).toBe("");
  });

  test("does not know Node.js", async () => {
    expect(await compile("client", use("Buffer"))).toContain("'Buffer'");
    expect(await compile("client", use("process"))).toContain("'process'");
    expect(await compile("client", 'export { connect } from "node:net";')).toMatch(/node:net/);
  });
});
