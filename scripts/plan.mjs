// `npm run plan`: compiles what the plan needs, and makes it in this process from the costs in bench/plan/costs.json.

import { requireNode } from "./setup/node-version.mjs";

requireNode();

const { ensureInstalled } = await import("./setup/install.mjs");
const { compile } = await import("./setup/build.mjs");

if ((await ensureInstalled()) && (await compile(["bench"]))) {
  await import("../bench/dist/plan/main.js");
} else {
  process.exitCode = 1;
}
