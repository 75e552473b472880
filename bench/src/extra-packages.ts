/**
 * The packages that the benchmark alone needs: other servers and runtimes, some 200 MB. They have a manifest and a lock
 * of their own outside of the workspace, and are installed when a run asks for a peer that needs them.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runToEnd } from "./children.ts";
import { benchFolder } from "./folders.ts";
import { progress, say } from "./terminal.ts";

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly optional?: boolean }>
  >;
}

function readLock(...path: string[]): Lock {
  return JSON.parse(readFileSync(join(benchFolder, ...path), "utf8")) as Lock;
}

/** npm keeps a copy of the lock of what it has installed. */
function installed(): boolean {
  const copy = ["node_modules", ".package-lock.json"];
  if (!existsSync(join(benchFolder, ...copy))) return false;
  const present = readLock(...copy).packages;
  return Object.entries(readLock("package-lock.json").packages).every(([path, entry]) => {
    const found = present[path];
    // Binaries for other systems are in the lock and rightly not installed.
    if (path === "" || found === undefined) return path === "" || entry.optional === true;
    return found.version === entry.version;
  });
}

/** Installs what is missing. Returns why that failed, or undefined. */
export async function installExtraPackages(): Promise<string | undefined> {
  if (installed()) return undefined;
  say("Installing the other servers for the benchmark (about 200 MB, once) …");
  const started = performance.now();
  const ticker = setInterval(() => {
    progress(`npm ci, ${Math.round((performance.now() - started) / 1000)} s …`);
  }, 1000);
  const args = ["ci", "--no-audit", "--no-fund"];
  const npm = process.env["npm_execpath"];
  const program = npm?.endsWith(".js")
    ? { command: process.execPath, args: [npm, ...args] }
    : { command: process.platform === "win32" ? "npm.cmd" : "npm", args };
  try {
    const { code, errors } = await runToEnd(program, benchFolder);
    return code === 0 ? undefined : `npm ci failed in bench/: ${errors.trim().slice(-500)}`;
  } catch (error) {
    return `npm cannot be started: ${String(error)}`;
  } finally {
    clearInterval(ticker);
    progress("");
  }
}
