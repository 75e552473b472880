// Decides whether a folder's node_modules is what its package-lock.json asks for, and installs when it is not. npm keeps a copy of
// the lock of what it installed inside node_modules; comparing the two needs no stamp of our own and also notices
// an install made by hand.

import { existsSync } from "node:fs";
import { join } from "node:path";

import { runNpm } from "./child.mjs";
import { readJson, root } from "./workspace.mjs";

/** Why an install is needed, as a phrase, or undefined when node_modules is up to date. */
function reasonToInstall(folder) {
  const installedPath = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(installedPath)) return "nothing is installed yet";
  const wanted = readJson(join(folder, "package-lock.json")).packages;
  const installed = readJson(installedPath).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) continue;
    const found = installed[path];
    if (found === undefined) {
      // Binaries for other systems are in the lock and rightly not installed.
      if (entry.optional || entry.devOptional || entry.peer) continue;
      return `${nameOf(path)} is missing`;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) {
      return `${nameOf(path)} is not the version of package-lock.json`;
    }
    if (!existsSync(join(folder, path))) return `${nameOf(path)} is missing`;
  }
  return undefined;
}

function nameOf(path) {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

/** Installs what the lock file of `folder` says when needed. Returns false when npm failed; npm has printed why. */
export async function ensureInstalled(folder = root) {
  const reason = reasonToInstall(folder);
  if (reason === undefined) return true;
  console.log(`Installing dependencies (${reason}) …`);
  // NODE_ENV=production would leave out the compiler that the build needs.
  const { code } = await runNpm(["ci", "--include=dev", "--no-audit", "--no-fund"], {
    cwd: folder,
  });
  if (code !== 0)
    console.error("npm ci failed; see above. A network or proxy problem is the usual cause.");
  return code === 0;
}

/** The same for the servers of others, which have a manifest of their own beside the benchmark. */
export function ensurePeersInstalled() {
  return ensureInstalled(join(root, "bench"));
}
