// `npm run bench`: sets up and compiles what the benchmark needs, then runs it in this process. What it can do, it
// says itself: `npm run bench -- --help`.

import { requireNode } from "./setup/node-version.mjs";

requireNode();

const { ensureInstalled } = await import("./setup/install.mjs");
const { compile } = await import("./setup/build.mjs");

if ((await ensureInstalled()) && (await compile(["packages/tautline", "packages/ws", "bench"]))) {
  await import("../bench/dist/main.js");
} else {
  process.exitCode = 1;
}
