// Where things are: the repository's root, the cache folder, the packages, and the tools among node_modules. Tools
// are run as `node <their script>`, which needs no shell and no PATH and works the same on every system.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Everything that scripts write and may be thrown away. */
export const cache = join(root, ".cache");

export function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Every workspace package: its folder below the root and its manifest. */
export function packages() {
  return readdirSync(join(root, "packages"))
    .map((name) => join("packages", name))
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .map((folder) => ({ folder, manifest: readJson(join(root, folder, "package.json")) }));
}

/** The script behind a command of an installed package: `tool("typescript", "tsc")`. */
export function tool(packageName, command = packageName) {
  const folder = join(root, "node_modules", packageName);
  const { bin } = readJson(join(folder, "package.json"));
  return join(folder, typeof bin === "string" ? bin : bin[command]);
}
