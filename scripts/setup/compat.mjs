// Two projects below .cache that are the same but for one line. Both hold what tests/compat/package.json asks for; in
// one "ws" is the package of that name, in the other it is ours, packed as npm would publish it and put in place by
// npm itself, through the `overrides` that users would write.

import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { compile } from "./build.mjs";
import { run, runNpm } from "./child.mjs";
import { cache, readJson, root } from "./workspace.mjs";

const source = join(root, "tests", "compat");
const home = join(cache, "compat");
const packed = join(home, "packed");

/** The packages that take the place of one: the face, and what it stands on. */
const ours = ["ws", "node", "protocol"];

const npmFlags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/**
 * Both projects, installed, with the scenarios copied into them: `{ projects: [{ name, folder }] }`, or `{ problem }`.
 */
export async function ensureCompatProjects() {
  const control = await installControl();
  if (control.problem !== undefined) return control;
  const replaced = await installOurs(control);
  if (replaced.problem !== undefined) return replaced;
  const projects = [control, replaced];
  for (const { folder } of projects) {
    rmSync(join(folder, "scenarios"), { recursive: true, force: true });
    cpSync(join(source, "scenarios"), join(folder, "scenarios"), { recursive: true });
  }
  return { projects };
}

function digest(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

/** Whether the project was installed from the same things; npm does not tell a half-done install from a whole one. */
function isStamped(folder, print) {
  const stamp = join(folder, "installed.sha256");
  return existsSync(stamp) && readFileSync(stamp, "utf8") === print;
}

function stamp(folder, print) {
  writeFileSync(join(folder, "installed.sha256"), print);
}

async function installControl() {
  const folder = join(home, "control");
  const files = ["package.json", "package-lock.json"].map((name) => join(source, name));
  const print = digest(...files.map((path) => readFileSync(path)));
  const project = { name: "ws", folder, print };
  if (isStamped(folder, print)) return project;

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) {
    copyFileSync(join(source, name), join(folder, name));
  }
  const count = Object.keys(readJson(join(folder, "package-lock.json")).packages).length - 1;
  console.log(`Installing ${count} packages that meet ws, below .cache …`);
  const { code } = await runNpm(["ci", "--prefer-offline", ...npmFlags], { cwd: folder });
  if (code !== 0) return { problem: "npm ci in .cache/compat/control failed, see above" };
  stamp(folder, print);
  return project;
}

async function installOurs(control) {
  const folder = join(home, "ours");
  const tarballs = await pack();
  if (tarballs === undefined) return { problem: "@tautline/ws could not be built and packed" };
  const print = digest(control.print, ...tarballs.map(({ integrity }) => integrity));
  const project = { name: "@tautline/ws", folder, print };
  if (isStamped(folder, print)) return project;

  console.log("Putting @tautline/ws in the place of ws with npm's overrides …");
  rmSync(folder, { recursive: true, force: true });
  linkTree(join(control.folder, "node_modules"), join(folder, "node_modules"));
  copyFileSync(join(control.folder, "package-lock.json"), join(folder, "package-lock.json"));
  writeFileSync(join(folder, "package.json"), JSON.stringify(switched(tarballs), null, 2));
  const { code } = await runNpm(["install", "--prefer-offline", ...npmFlags], { cwd: folder });
  if (code !== 0) return { problem: "npm install in .cache/compat/ours failed, see above" };
  stamp(folder, print);
  return project;
}

/** The control's manifest with the one line changed; the two others are there because no registry has them yet. */
function switched(tarballs) {
  const manifest = readJson(join(source, "package.json"));
  const path = (name) => `file:${join(packed, tarballs.find((one) => one.name === name).filename)}`;
  return {
    ...manifest,
    dependencies: {
      ...manifest.dependencies,
      ws: path("@tautline/ws"),
      "@tautline/node": path("@tautline/node"),
      "@tautline/protocol": path("@tautline/protocol"),
    },
  };
}

/** What `npm pack` says of the tarballs, or undefined. */
async function pack() {
  const folders = ours.map((name) => join("packages", name));
  if (!(await compile(folders))) return undefined;
  rmSync(packed, { recursive: true, force: true });
  mkdirSync(packed, { recursive: true });
  const args = ["pack", "--json", "--loglevel=error", "--pack-destination", packed];
  const names = folders.flatMap((folder) => ["--workspace", folder]);
  const { code, output } = await runNpm([...args, ...names], { cwd: root, quiet: true });
  if (code === 0) return JSON.parse(output.slice(output.indexOf("[")));
  console.error(output);
  return undefined;
}

/** A copy that shares the files' contents: npm replaces files and never writes into them. */
function linkTree(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isSymbolicLink()) cpSync(source, target, { verbatimSymlinks: true });
    else linkSync(source, target);
  }
}

/** Runs one program in a project. */
export function runIn({ folder }, node, args, options) {
  return run(node, args, { cwd: folder, quiet: true, ...options });
}
