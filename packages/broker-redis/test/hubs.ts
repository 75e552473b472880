/** Hubs that meet in a Redis, with clocks that go as long as their hub lives, in step with what ends by Redis' own clock. */

import { randomUUID } from "node:crypto";
import type { RedisBroker } from "@tautline/broker-redis";
import type { Broker } from "@tautline/hub";
import { ManualClock } from "@tautline/hub/broker-suite";

/** How much passes in one step, in milliseconds: those who renew something come to do it. */
const stepMs = 30_000;

export interface HubsSetup {
  /** Makes the broker of another hub. Hubs with one prefix meet. */
  readonly make: (prefix: string, clock: ManualClock) => RedisBroker;
  /** Lets so many milliseconds pass for what ends in Redis. */
  readonly pass: (ms: number) => Promise<void>;
}

export class Hubs {
  readonly #setup: HubsSetup;
  readonly #prefix = randomUUID();
  readonly #clocks = new Map<unknown, ManualClock>();
  #passedAt = Date.now();

  constructor(setup: HubsSetup) {
    this.#setup = setup;
  }

  make(): RedisBroker {
    const clock = new ManualClock();
    const broker = this.#setup.make(this.#prefix, clock);
    this.#clocks.set(broker, clock);
    return broker;
  }

  async crash(broker: Broker): Promise<void> {
    this.#clocks.delete(broker);
    await broker.stop();
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      const step = Math.min(left, stepMs);
      // What went by meanwhile counts: the clock of Redis did not stand still.
      const now = Date.now();
      const shift = step - (now - this.#passedAt);
      this.#passedAt = now;
      if (shift > 0) await this.#setup.pass(shift);
      for (const clock of this.#clocks.values()) clock.advance(step);
    }
  }
}
