/**
 * The hub that stands alone as its own audience: which channels it listens to, and what it is told, one event after the
 * other. An event that is caused by the delivery of another waits its turn, so that all subscribers see the same order.
 */

import type { BrokerEvents } from "../ports/broker.ts";

type Delivery = (events: BrokerEvents) => void;

export class Audience {
  readonly #subscribed = new Set<string>();
  readonly #deliveries: Delivery[] = [];
  #events: BrokerEvents | undefined;
  #delivering = false;

  start(events: BrokerEvents): void {
    this.#events = events;
  }

  stop(): void {
    this.#events = undefined;
    this.#subscribed.clear();
  }

  subscribe(channel: string): void {
    this.#subscribed.add(channel);
  }

  unsubscribe(channel: string): void {
    this.#subscribed.delete(channel);
  }

  deliver(channel: string, delivery: Delivery): void {
    if (!this.#subscribed.has(channel)) return;
    this.#deliveries.push(delivery);
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (
        let next = this.#deliveries.shift();
        next !== undefined;
        next = this.#deliveries.shift()
      ) {
        if (this.#events !== undefined) next(this.#events);
      }
    } finally {
      this.#delivering = false;
    }
  }
}
