/** A NATS server of a test's own: with a directory of its own, on a port of its own, ended with the test. */

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.env["NATS_SERVER_PATH"] ?? "nats-server";

/** What the server is told besides where to listen. */
export interface NatsServerSettings {
  /** Default: true. */
  readonly jetStream?: boolean;
  /** Further lines of its configuration. */
  readonly lines?: readonly string[];
}

export class NatsServer {
  readonly folder = mkdtempSync(join(tmpdir(), "tautline-nats-"));
  readonly #settings: NatsServerSettings;
  #child: ChildProcess | undefined;
  /** Any free one; the same again after a restart. */
  #port = -1;

  constructor(settings: NatsServerSettings = {}) {
    this.#settings = settings;
  }

  get port(): number {
    return this.#port;
  }

  /** Where it listens. */
  get address(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const { jetStream = true, lines = [] } = this.#settings;
    const file = join(this.folder, "nats.conf");
    const store = join(this.folder, "store");
    writeFileSync(
      file,
      [
        `listen: "127.0.0.1:${this.#port}"`,
        ...(jetStream ? [`jetstream { store_dir: ${JSON.stringify(store)} }`] : []),
        ...lines,
      ].join("\n"),
    );
    const child = spawn(program, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let text = "";
      child.once("error", () => {
        reject(new Error(`${program} could not be run. Run: sudo apt-get install nats-server`));
      });
      child.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${text}`)));
      child.stderr.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        const port = /for client connections on [\d.]+:(\d+)/u.exec(text)?.[1];
        if (port === undefined || !text.includes("Server is ready")) return;
        this.#port = Number(port);
        child.stderr.removeAllListeners("data").resume();
        resolve();
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
    rmSync(this.folder, { recursive: true, force: true });
  }
}
