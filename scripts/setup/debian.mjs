// What Debian's packages give, installed where that is ours to do: on Debian and Ubuntu as root.

import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { run } from "./child.mjs";

/** The executable files of these names, in the order of the names, on the PATH. */
export function onPath(names, env = process.env) {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).filter(isExecutable);
}

export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function isDebian() {
  if (process.platform !== "linux" || !existsSync("/etc/os-release")) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/mu.test(readFileSync("/etc/os-release", "utf8"));
}

/** Installs a package; returns nothing, or a sentence with what went wrong or what to do. */
export async function installPackage(name) {
  if (process.getuid?.() !== 0) {
    return `Run: sudo apt-get install -y --no-install-recommends ${name}`;
  }
  console.log(`Installing ${name} with apt-get …`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", name]]) {
    const { code } = await run("apt-get", ["-qq", "-o", "Dpkg::Use-Pty=0", ...args], { env });
    if (code !== 0) return `apt-get ${args.join(" ")} failed, see above.`;
  }
  return undefined;
}
