/** A Redis of a test's own: in a directory of its own, on a socket there, ended with the test. */

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";

const program = process.env["REDIS_SERVER_PATH"] ?? "redis-server";

export class RedisServer {
  readonly #folder = mkdtempSync(join(tmpdir(), "tautline-redis-"));
  readonly #flags: readonly string[];
  #child: ChildProcess | undefined;

  constructor(flags: readonly string[] = []) {
    this.#flags = flags;
  }

  /** Where it listens. */
  get path(): string {
    return join(this.#folder, "redis.sock");
  }

  /** The same, as the client library has it. */
  get socket() {
    return { path: this.path, tls: false } as const;
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const child = spawn(
      program,
      ["--port", "0", "--unixsocket", this.path, "--dir", this.#folder, ...this.#flags],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.once("error", () => {
        reject(new Error(`${program} could not be run. Run: sudo apt-get install redis-server`));
      });
      child.once("exit", (code) => reject(new Error(`${program} ended with ${code}`)));
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes("ready to accept connections at")) resolve();
      });
    });
  }

  /** Ends it, as a crash does. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => {
      child.once("exit", resolve);
    });
    child.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * Lets `ms` pass for what ends in time, by bringing all ends nearer: Redis has no clock that could be moved. Members
   * have their ends in sorted sets as well.
   */
  async pass(ms: number): Promise<void> {
    await this.#ask(async (client) => {
      for (const key of await client.keys("*")) {
        const left = await client.pTTL(key);
        if (left >= 0 && left <= ms) await client.del(key);
        else if (left > 0) await client.pExpire(key, left - ms);
        if ((await client.type(key)) !== "zset") continue;
        for (const member of await client.zRange(key, 0, -1)) {
          await client.zIncrBy(key, -ms, member);
        }
      }
    });
  }

  /** Cuts the connections on which hubs hear what is published. */
  async cutSubscribers(): Promise<void> {
    await this.#ask(async (client) => {
      await client.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]);
    });
  }

  async #ask(ask: (client: ReturnType<typeof connectionTo>) => Promise<void>): Promise<void> {
    const client = connectionTo(this);
    await client.connect();
    try {
      await ask(client);
    } finally {
      client.destroy();
    }
  }
}

function connectionTo({ socket }: RedisServer) {
  return createClient({ RESP: 2, socket });
}
