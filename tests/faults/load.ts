/**
 * Publications at one server, followed at another by clients of the official library. Every publication is tried once, with
 * a number of its own: so nothing can be there twice but by a mistake of the servers.
 */

import type { Centrifuge, Subscription } from "centrifuge";
import type { TautlineServer } from "tautline";
import { vi } from "vitest";
import { dial } from "../transports/world.ts";

/** Publications under way at once. */
const window = 8;

export class Load {
  readonly acknowledged: number[] = [];
  readonly received: number[] = [];
  sent = 0;
  refused = 0;
  recovered = 0;
  /** Whether the follower was told that something may be missing. */
  wasTold = false;
  readonly #clients: readonly Centrifuge[];
  readonly #publisher: Subscription;
  readonly #follower: Subscription;
  #running = false;

  constructor(publishAt: TautlineServer, followAt: TautlineServer) {
    const options = { timeout: 20_000, maxServerPingDelay: 60_000 };
    const [source, sink] = [
      dial(publishAt, ["websocket"], options),
      dial(followAt, ["websocket"], options),
    ];
    this.#clients = [source, sink];
    const quick = { minResubscribeDelay: 1, maxResubscribeDelay: 50 };
    this.#publisher = source.newSubscription("load", quick);
    this.#follower = sink.newSubscription("load", quick);
    let recovers = false;
    this.#follower.on("subscribed", ({ wasRecovering, recovered }) => {
      if (wasRecovering && !recovered) this.wasTold = true;
      // The library tells of what was recovered in the same turn, and of what is new later.
      recovers = recovered;
      queueMicrotask(() => {
        recovers = false;
      });
    });
    this.#follower.on("publication", ({ data }) => {
      this.received.push(Number(data));
      if (recovers) this.recovered += 1;
    });
  }

  async start(): Promise<void> {
    this.#running = true;
    this.#publisher.subscribe();
    this.#follower.subscribe();
    await Promise.all([this.#publisher.ready(), this.#follower.ready()]);
    for (let one = 0; one < window; one += 1) void this.#publish();
  }

  /** Resolves when so many more are acknowledged than now. */
  async acknowledges(more: number): Promise<void> {
    const enough = this.acknowledged.length + more;
    await vi.waitUntil(() => this.acknowledged.length >= enough, patience);
  }

  /** Resolves when more are refused than now. */
  async refuses(): Promise<void> {
    const before = this.refused;
    await vi.waitUntil(() => this.refused > before, patience);
  }

  /** Ends publishing. Resolves when all that was acknowledged has arrived, or does not in a time. */
  async stop(): Promise<void> {
    this.#running = false;
    await vi.waitUntil(() => this.lost.length === 0, patience).catch(() => undefined);
    for (const client of this.#clients) client.disconnect();
  }

  get lost(): readonly number[] {
    const received = new Set(this.received);
    return this.acknowledged.filter((value) => !received.has(value));
  }

  get doubled(): number {
    return this.received.length - new Set(this.received).size;
  }

  async #publish(): Promise<void> {
    while (this.#running) {
      const value = (this.sent += 1);
      await this.#publisher.publish(value).then(
        () => this.acknowledged.push(value),
        () => (this.refused += 1),
      );
      // As fast as the event loop goes round, which also has the servers in it.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

const patience = { timeout: 60_000, interval: 10 };
