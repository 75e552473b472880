/** Servers that are none of the project's, each a process that echoes: from packages which are installed for the benchmark. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../../bench/node_modules", import.meta.url));
const peers = fileURLToPath(new URL("peers", import.meta.url));
const notInstalled = "it is installed for the benchmark: npm ci --prefix bench";

export interface ForeignServer {
  /** Ends in `/`. */
  readonly url: string;
  stop(): Promise<void>;
}

type Program = { readonly command: string; readonly file: string } | { readonly lack: string };

/** The npm package websocket. */
export function websocketProgram(): Program {
  return existsSync(join(packages, "websocket"))
    ? { command: process.execPath, file: "websocket.mjs" }
    : { lack: notInstalled };
}

/** Bun, which has a binary for each system, and for processors that lack newer instructions. */
export function bunProgram(): Program {
  const folder = join(packages, "@oven");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const binaries = names.map((name) => join(folder, name, "bin", "bun")).filter(existsSync);
  if (binaries.length === 0) return { lack: notInstalled };
  const runs = binaries.find((path) => spawnSync(path, ["--version"]).status === 0);
  return runs === undefined
    ? { lack: "its binary does not run on this machine's processor" }
    : { command: runs, file: "bun.mjs" };
}

export async function startForeign(
  program: Exclude<Program, { lack: string }>,
): Promise<ForeignServer> {
  // What it says when it falls is no part of the test's output.
  const child = spawn(program.command, [join(peers, program.file)], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = once(child, "close");
  const [port] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return {
    url: `ws://127.0.0.1:${port}/`,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
