/** The servers behind brokers, Redis and NATS: each started for one measurement, in a folder of its own, and ended with it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { start } from "./children.ts";
import type { Program } from "./children.ts";
import type { Cores } from "./cores.ts";
import { root } from "./folders.ts";

export type EngineName = "redis" | "nats";

export interface Engine {
  readonly address: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface EngineTerms {
  readonly name: EngineName;
  /** The executable. */
  readonly path: string;
  /** Whether it has to keep logs; where it could do without keeping any, it does. */
  readonly keepsLogs: boolean;
  readonly cores: Cores;
}

/** What an engine is run as, and how it says that it is ready. */
interface Launch {
  readonly args: readonly string[];
  readonly isReady: (output: string) => boolean;
  readonly address: (output: string) => string;
}

const startLimitMs = 20_000;

/** Where an engine's executable is, or why there is none. It is installed where that is ours to do. */
export async function findEngine(
  name: EngineName,
): Promise<{ readonly path: string } | { readonly problem: string }> {
  const file = pathToFileURL(join(root, "scripts", "setup", `${name}.mjs`)).href;
  const setup = (await import(file)) as Record<
    string,
    () => Promise<{ readonly path: string } | { readonly problem: string }>
  >;
  const ensure = name === "redis" ? setup["ensureRedis"] : setup["ensureNats"];
  return ensure === undefined ? { problem: `${file} has no set-up` } : await ensure();
}

/** A port that is free now. Redis cannot say which one it took. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen({ port: 0, host: "127.0.0.1" }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function launchRedis(folder: string): Promise<Launch> {
  const port = await freePort();
  const own = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder];
  return {
    args: [...own, "--save", "", "--appendonly", "no"],
    isReady: (output) => /ready to accept connections/iu.test(output),
    address: () => `redis://127.0.0.1:${port}`,
  };
}

/** Without JetStream, where nothing is kept: it is core NATS then. */
function launchNats(folder: string, keepsLogs: boolean): Launch {
  const file = join(folder, "nats.conf");
  const store = JSON.stringify(join(folder, "store"));
  writeFileSync(
    file,
    ['listen: "127.0.0.1:-1"', ...(keepsLogs ? [`jetstream { store_dir: ${store} }`] : [])].join(
      "\n",
    ),
  );
  const port = /for client connections on [\d.]+:(\d+)/u;
  return {
    args: ["-c", file],
    isReady: (output) => output.includes("Server is ready"),
    address: (output) => `nats://127.0.0.1:${port.exec(output)?.[1] ?? ""}`,
  };
}

/** Resolves when it takes connections; rejects with what it wrote when it ends before. */
export async function startEngine({ name, path, keepsLogs, cores }: EngineTerms): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), `tautline-bench-${name}-`));
  const { args, isReady, address } =
    name === "redis" ? await launchRedis(folder) : launchNats(folder, keepsLogs);
  const program: Program = cores.generator({ command: path, args });
  const child = start(program);
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => {
      rmSync(folder, { recursive: true, force: true });
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  const output = await new Promise<string>((resolve, reject) => {
    let text = "";
    const limit = setTimeout(() => child.kill("SIGKILL"), startLimitMs);
    const hear = (bytes: Buffer): void => {
      text += bytes.toString();
      if (!isReady(text)) return;
      clearTimeout(limit);
      for (const stream of [child.stdout, child.stderr])
        stream.removeListener("data", hear).resume();
      resolve(text);
    };
    for (const stream of [child.stdout, child.stderr]) stream.on("data", hear);
    child.once("error", reject);
    child.once("close", () => {
      clearTimeout(limit);
      reject(new Error(`${name} did not start: ${text.trim().slice(-500)}`));
    });
  });
  // `taskset` becomes the program that it starts, so this is the engine's own id.
  return { address: address(output), pid: child.pid ?? 0, stop };
}
