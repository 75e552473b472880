// Other versions of Node.js, each from the npm package `node`, which ships the binary. They are kept below .cache and
// fetched once; a version already running is used as it is.

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { run, runNpm } from "./child.mjs";
import { cache } from "./workspace.mjs";

/** The majors that Tautline supports, oldest first. */
export const supportedMajors = [20, 22, 24, 26];

/** `{ path, version }` of a Node.js of that major, or `{ problem }`: a sentence. */
export async function ensureNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) {
    return { path: process.execPath, version: process.versions.node };
  }
  const folder = join(cache, "nodes", String(major));
  const path = join(folder, "node_modules", "node", "bin", executable);
  const present = existsSync(path) ? await versionOf(path) : undefined;
  if (present !== undefined) return { path, version: present };

  console.log(`Fetching Node.js ${major} from npm …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // A manifest of its own, so that npm does not take the repository for the project to install into. From npm 12 on
  // the script of the package that puts the binary in place has to be allowed by name.
  const manifest = { private: true, allowScripts: { node: true, [`node@${major}`]: true } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const args = [
    "install",
    "--prefix",
    folder,
    "--no-save",
    "--no-audit",
    "--no-fund",
    `node@${major}`,
  ];
  const { code, output } = await runNpm(args, { cwd: folder, quiet: true });
  const version = existsSync(path) ? await versionOf(path) : undefined;
  if (code === 0 && version !== undefined) return { path, version };
  return {
    problem: `Node.js ${major} could not be fetched from npm:\n${output.trim().slice(-2000)}`,
  };
}

const executable = process.platform === "win32" ? "node.exe" : "node";

async function versionOf(path) {
  const { code, output } = await run(path, ["--version"], { quiet: true });
  return code === 0 ? output.trim().replace(/^v/u, "") : undefined;
}
