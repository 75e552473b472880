/**
 * The way to Redis, in the few words that the broker needs: run a script, publish, subscribe. What is asked for in one
 * turn of the event loop goes out together, in the order in which it was asked. While Redis is away everything that is
 * asked for fails at once; connections come back by themselves, and subscriptions with them.
 */

import type { RedisClientOptions } from "@redis/client";
import { createClient } from "@redis/client";
import type { Script } from "./script.ts";
import { scripts } from "./script.ts";

/** What a link tells by itself. */
export interface LinkEvents {
  /** A connection failed; it is tried again. */
  failed(reason: unknown): void;
  /** Subscriptions are back after they were lost: what was published meanwhile was missed. */
  resumed(): void;
}

export type Listener = (message: string) => void;

/** Options of the client library that are the user's to choose. */
export type RedisOptions = Pick<
  RedisClientOptions,
  "url" | "socket" | "username" | "password" | "database" | "name"
>;

/** Between two signs of life on an idle connection, in milliseconds. */
const pingIntervalMs = 10_000;

/** Longest pause between two attempts to connect, in milliseconds. */
const longestPauseMs = 2000;

/** Commands that may be under way; more fail at once. */
const maxCommands = 100_000;

/** The time before the next attempt: longer each time, and different for each hub. */
function pause(attempts: number): number {
  const most = Math.min(longestPauseMs, 50 * 2 ** Math.min(attempts, 10));
  return most / 2 + (Math.random() * most) / 2;
}

function makeClient(options: RedisOptions) {
  return createClient({
    ...options,
    RESP: 2,
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxCommands,
    pingInterval: pingIntervalMs,
    socket: Object.assign({}, options.socket, { reconnectStrategy: pause }),
  });
}

export class RedisLink {
  readonly #commands: ReturnType<typeof makeClient>;
  readonly #subscriptions: ReturnType<typeof makeClient>;
  readonly #events: LinkEvents;

  constructor(options: RedisOptions, events: LinkEvents) {
    this.#events = events;
    this.#commands = makeClient(options);
    this.#subscriptions = makeClient(options);
  }

  /** Rejects when Redis cannot be reached now. */
  async open(): Promise<void> {
    for (const client of [this.#commands, this.#subscriptions]) {
      client.on("error", (reason: unknown) => this.#events.failed(reason));
    }
    // The library would go on trying for ever: the first time somebody waits for the answer.
    await Promise.all([firstConnect(this.#commands), firstConnect(this.#subscriptions)]);
    await this.#loadScripts();
    this.#commands.on("ready", () => {
      this.#loadScripts().then(
        () => this.#back(),
        (reason: unknown) => this.#events.failed(reason),
      );
    });
    this.#subscriptions.on("ready", () => this.#back());
  }

  close(): void {
    for (const client of [this.#commands, this.#subscriptions]) {
      if (client.isOpen) client.destroy();
    }
  }

  /** Runs a script. Its answer is the caller's to understand. */
  async run(script: Script, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...values];
    try {
      return await this.#commands.sendCommand(["EVALSHA", script.hash, ...rest]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return this.#commands.sendCommand(["EVAL", script.text, ...rest]);
    }
  }

  async publish(topic: string, message: string): Promise<void> {
    await this.#commands.sendCommand(["PUBLISH", topic, message]);
  }

  async remove(key: string): Promise<void> {
    await this.#commands.sendCommand(["DEL", key]);
  }

  async subscribe(topic: string, listener: Listener): Promise<void> {
    await this.#subscriptions.subscribe(topic, listener);
  }

  async unsubscribe(topic: string): Promise<void> {
    await this.#subscriptions.unsubscribe(topic);
  }

  /** Only with both connections can hubs do something about what they have missed. */
  #back(): void {
    if (this.#commands.isReady && this.#subscriptions.isReady) this.#events.resumed();
  }

  /** Redis has lost them when it was started anew; then they are there before anything else is asked. */
  async #loadScripts(): Promise<void> {
    const loads = Object.values(scripts).map(({ text }) =>
      this.#commands.sendCommand(["SCRIPT", "LOAD", text]),
    );
    await Promise.all(loads);
  }
}

/** Resolves when the client is ready; rejects, and gives up, at its first error. */
async function firstConnect(client: ReturnType<typeof makeClient>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: unknown): void => {
      if (client.isOpen) client.destroy();
      reject(reason instanceof Error ? reason : new Error(String(reason)));
    };
    client.once("error", fail);
    client.connect().then(() => {
      client.off("error", fail);
      resolve();
    }, fail);
  });
}
