// Builds what runs: the packages with the TypeScript compiler, which knows by itself what is up to date, and the
// console's page and the documentation with builds of their own, which are skipped while the files they are made from
// are the same.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";

import { run, runNpm } from "./child.mjs";
import { cache, root, tool } from "./workspace.mjs";

const page = {
  // What ends up in the page: its own files and the packages bundled into it.
  inputs: ["packages/console", "packages/client", "packages/wire", "package-lock.json"],
  result: "packages/console/dist/page/index.html",
  stamp: join(cache, "build", "console.sha256"),
};

const docs = {
  inputs: ["docs", "package-lock.json"],
  result: "packages/console/dist/docs/index.html",
  stamp: join(cache, "build", "docs.sha256"),
};

/** Compiles the projects named, or all of them with the tests. Returns true when there was no error. */
export async function compile(projects = ["."]) {
  const { code } = await run(process.execPath, [tool("typescript", "tsc"), "-b", ...projects], {
    cwd: root,
  });
  return code === 0;
}

/** Builds the console's page when something it is made from has changed. Returns true when it is there. */
export function buildPage() {
  return build(page, () =>
    runNpm(["run", "build", "--silent"], { cwd: join(root, "packages", "console") }),
  );
}

/** Builds the site of the documentation when something it is made from has changed. Returns true when it is there. */
export function buildDocs() {
  return build(docs, () =>
    run(process.execPath, [tool("vitepress"), "build", "docs"], { cwd: root }),
  );
}

/** Builds the documentation in a process of its own that gives way to others and ends with this one. */
export function buildDocsBeside() {
  if (isBuilt(docs)) return;
  const child = spawn(process.execPath, [join(root, "scripts", "docs.mjs")], { stdio: "ignore" });
  const stop = () => child.kill();
  process.once("exit", stop);
  child.once("exit", (code) => {
    process.off("exit", stop);
    if (code !== 0) console.error("The documentation was not built: npm run docs says why.");
  });
  child.once("spawn", () => setPriority(child.pid, 10));
  child.unref();
}

async function build(what, make) {
  if (isBuilt(what)) return true;
  const print = fingerprint(what.inputs);
  const { code } = await make();
  if (code !== 0) return false;
  mkdirSync(join(what.stamp, ".."), { recursive: true });
  writeFileSync(what.stamp, print);
  return true;
}

/** Whether the result is there, and made from the files as they are. */
function isBuilt({ inputs, result, stamp }) {
  if (!existsSync(join(root, result)) || !existsSync(stamp)) return false;
  return readFileSync(stamp, "utf8") === fingerprint(inputs);
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
    if (["dist", "node_modules", "test", ".cache", ".temp"].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(path));
    else found.push(path);
  }
  return found;
}
