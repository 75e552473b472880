// `npm start`: installs when needed, builds when needed and runs `tautline serve` with the flags given, in this very
// process: Ctrl-C and SIGTERM reach the server without anybody passing them on, and its exit code is ours.
// The documentation is built meanwhile: it takes longer than all the rest, and few open it in the first seconds.
// Works on a clean clone, before anything is installed.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { requireNode } from "./setup/node-version.mjs";

requireNode();

const { ensureInstalled } = await import("./setup/install.mjs");
const { buildDocsBeside, buildPage, compile } = await import("./setup/build.mjs");
const { readJson, root } = await import("./setup/workspace.mjs");

async function prepare() {
  if (!(await ensureInstalled())) return false;
  console.log("Building …");
  return (await compile(["packages/tautline"])) && (await buildPage());
}

if (await prepare()) {
  buildDocsBeside();
  const folder = join(root, "packages", "tautline");
  const { bin } = readJson(join(folder, "package.json"));
  const command = join(folder, bin.tautline);
  process.argv = [process.execPath, command, "serve", ...process.argv.slice(2)];
  await import(pathToFileURL(command).href);
} else {
  console.error("Tautline was not started: the step above failed.");
  process.exitCode = 1;
}
