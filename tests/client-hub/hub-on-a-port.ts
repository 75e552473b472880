/** A hub behind a real WebSocket server, which can die and come back on the same port. */

import { randomUUID } from "node:crypto";
import type { HubOptions } from "@tautline/hub";
import { Hub } from "@tautline/hub";
import { prepareMessage, WebSocketServer } from "@tautline/node";

const clock = {
  now: () => Date.now(),
  schedule(callback: () => void, delayMs: number): () => void {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The servers that are up, for the end of a test. */
const running = new Set<HubOnAPort>();

export class HubOnAPort {
  readonly hub: Hub;
  readonly #server: WebSocketServer;
  #port = 0;

  private constructor(options: Partial<HubOptions>) {
    this.hub = new Hub({
      clock,
      randomId: randomUUID,
      prepare: prepareMessage,
      options: { open: true, ...options },
    });
    this.#server = new WebSocketServer({
      onConnection: (connection) => this.hub.accept(connection, { transport: "websocket" }),
    });
  }

  /** @param port 0 for any that is free */
  static async start(options: Partial<HubOptions> = {}, port = 0): Promise<HubOnAPort> {
    const started = new HubOnAPort(options);
    const address = await started.#server.listen({ port, host: "127.0.0.1" });
    started.#port = address.port;
    running.add(started);
    return started;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/connection/websocket`;
  }

  /** Ends all connections as a network does that breaks: no close frame, no word. */
  cut(): void {
    for (const connection of this.#server.connections) connection.terminate();
  }

  /** Ends as a process does that is killed: no close frame, no word. */
  async kill(): Promise<void> {
    running.delete(this);
    for (const connection of this.#server.connections) connection.terminate();
    await this.#server.shutdown();
    await this.hub.shutdown();
  }

  /** Ends as a process does that is asked to. */
  async stop(): Promise<void> {
    running.delete(this);
    await this.hub.shutdown();
    await this.#server.shutdown();
  }
}

/** Stops what a test has left running. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()));
}
