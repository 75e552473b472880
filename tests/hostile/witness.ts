/** A decent client beside hostile ones: whatever they do, it stays connected and gets every publication once, in order. */

import { isDeepStrictEqual } from "node:util";
import type { StateChange } from "@tautline/client";
import { Client } from "@tautline/client";
import { WebSocket } from "ws";

const channel = "witness";

export class Witness {
  readonly #client: Client;
  readonly #changes: StateChange[] = [];
  readonly #heard: unknown[] = [];
  #published = 0;
  #awaited: (() => void) | undefined;

  private constructor(client: Client) {
    this.#client = client;
    client.onStateChange((change) => this.#changes.push(change));
    client.subscribe(channel).onPublication(({ data }) => {
      this.#heard.push(data);
      if (this.#heard.length === this.#published) this.#awaited?.();
    });
  }

  static async at(origin: string): Promise<Witness> {
    const client = new Client(`${origin}/connection/websocket`, { webSocket: WebSocket });
    const witness = new Witness(client);
    await client.connect();
    await client.subscription(channel)?.ready();
    witness.#changes.length = 0;
    return witness;
  }

  /** Publishes something, which it gets itself. */
  async speak(): Promise<void> {
    this.#published += 1;
    const heard = new Promise<void>((resolve) => {
      this.#awaited = resolve;
    });
    await this.#client.publish(channel, this.#published);
    await heard;
  }

  /** @throws Error when it was away, or has missed something, or heard something twice */
  check(): void {
    const [change] = this.#changes;
    if (change !== undefined) throw new Error(`The witness was away: ${change.reason}`);
    const wanted = Array.from({ length: this.#published }, (_, n) => n + 1);
    if (!isDeepStrictEqual(this.#heard, wanted)) throw new Error(`It heard ${this.#heard.join()}`);
  }

  leave(): Promise<void> {
    return this.#client.disconnect();
  }
}
