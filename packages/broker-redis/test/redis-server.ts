/** A Redis of a test's own: in a directory of its own, on a socket there, ended with the test. */

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import type { RedisOptions } from "@tautline/broker-redis";

const program = process.env["REDIS_SERVER_PATH"] ?? "redis-server";

export class RedisServer {
  readonly #folder = mkdtempSync(join(tmpdir(), "tautline-redis-"));
  readonly #flags: readonly string[];
  readonly #access: RedisOptions;
  readonly #configuration: readonly string[] | undefined;
  #child: ChildProcess | undefined;

  /**
   * @param access who the tests are to it, where it asks
   * @param sentinel for a sentinel, the lines of its configuration
   */
  constructor(
    flags: readonly string[] = [],
    access: RedisOptions = {},
    sentinel?: readonly string[],
  ) {
    this.#access = access;
    this.#flags = sentinel === undefined ? flags : [...flags, "--sentinel"];
    this.#configuration = sentinel;
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
    const own = ["--port", "0", "--unixsocket", this.path, "--dir", this.#folder];
    const child = spawn(program, [...this.#file(), ...own, ...this.#flags], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.once("error", () => {
        reject(new Error(`${program} could not be run. Run: sudo apt-get install redis-server`));
      });
      child.once("exit", (code) => reject(new Error(`${program} ended with ${code}`)));
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (/ready to accept connections|Sentinel ID is/iu.test(text)) resolve();
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

  /** Sentinels want a file, into which they write. */
  #file(): readonly string[] {
    if (this.#configuration === undefined) return [];
    const file = join(this.#folder, "sentinel.conf");
    writeFileSync(file, this.#configuration.join("\n"));
    return [file];
  }

  /** Sends a command and gives its answer as text. */
  async command(...command: string[]): Promise<string> {
    return this.#ask(async (client) => {
      const answer: unknown = await client.sendCommand(command);
      return typeof answer === "string" ? answer : JSON.stringify(answer);
    });
  }

  async #ask<Answer>(ask: (client: ReturnType<typeof connectionTo>) => Promise<Answer>) {
    const client = connectionTo({ ...this.#access, socket: this.socket });
    await client.connect();
    try {
      return await ask(client);
    } finally {
      client.destroy();
    }
  }
}

function connectionTo(options: RedisOptions) {
  return createClient({ RESP: 2, ...options });
}
