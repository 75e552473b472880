// Builds what runs: the packages with the TypeScript compiler, which knows by itself what is up to date, and the
// console's page with the build script of its own package, which is skipped while the files it is made from are
// the same.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { run, runNpm } from "./child.mjs";
import { cache, readJson, root, tool } from "./workspace.mjs";

const page = {
  folder: join("packages", "console"),
  // What ends up in the page: its own files and the packages bundled into it.
  inputs: ["packages/console", "packages/client", "packages/wire", "package-lock.json"],
  stamp: join(cache, "build", "console.sha256"),
};

/** Compiles the projects named, or all of them with the tests. Returns true when there was no error. */
export async function compile(projects = ["."]) {
  const { code } = await run(process.execPath, [tool("typescript", "tsc"), "-b", ...projects], {
    cwd: root,
  });
  return code === 0;
}

/** Builds the console's page when something it is made from has changed. Returns true when it is there. */
export async function buildPage() {
  const { scripts } = readJson(join(root, page.folder, "package.json"));
  if (scripts?.build === undefined) return true;
  const print = fingerprint(page.inputs);
  const built = existsSync(join(root, page.folder, "dist", "page", "index.html"));
  if (built && existsSync(page.stamp) && readFileSync(page.stamp, "utf8") === print) return true;
  const { code } = await runNpm(["run", "build", "--silent"], { cwd: join(root, page.folder) });
  if (code !== 0) return false;
  mkdirSync(join(page.stamp, ".."), { recursive: true });
  writeFileSync(page.stamp, print);
  return true;
}

function fingerprint(paths) {
  const hash = createHash("sha256");
  const add = (path) => {
    const absolute = join(root, path);
    hash.update(`${path}\0`).update(readFileSync(absolute)).update("\0");
  };
  for (const path of paths) {
    if (path.endsWith(".json")) add(path);
    else for (const file of filesBelow(path)) add(file);
  }
  return hash.digest("hex");
}

function filesBelow(folder) {
  const found = [];
  // readdir gives names in an order that is the same on every run only when we make it so.
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (["dist", "node_modules", "test", ".cache"].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(path));
    else found.push(path);
  }
  return found;
}
