/** Brokers in memory whose hubs can talk to each other, and nothing else: messages arrive when the turn is over. */

import type { Broker, BrokerEvents } from "@tautline/hub";
import { MemoryBroker } from "@tautline/hub";
import { brokerSetup } from "../broker-setup.ts";

export class MeetingPoint {
  readonly #ears = new Map<string, BrokerEvents>();
  /** What was said, in order. */
  readonly said: string[] = [];
  /** What saying anything fails with, when it does. */
  failure: Error | undefined;

  makeBroker(): Broker {
    const broker = new MemoryBroker(brokerSetup());
    return Object.assign(broker, {
      start: async (events: BrokerEvents, node: string): Promise<void> => {
        await MemoryBroker.prototype.start.call(broker, events);
        this.#ears.set(node, events);
      },
      tell: async (message: string, node?: string): Promise<void> => {
        if (this.failure !== undefined) throw this.failure;
        this.said.push(message);
        for (const [name, events] of this.#ears) {
          if (node === undefined || node === name) setImmediate(() => events.told?.(message));
        }
      },
    });
  }

  /** Says something to a hub, as from another process. */
  whisper(node: string, message: string): void {
    this.#ears.get(node)?.told?.(message);
  }

  /** Events may have been missed. */
  resume(node: string): void {
    this.#ears.get(node)?.resumed?.();
  }

  /** A hub is told that another one has ended. */
  lose(node: string, other: string): void {
    this.#ears.get(node)?.gone?.(other);
  }

  /** A hub hears nothing any more. */
  deafen(node: string): void {
    this.#ears.delete(node);
  }
}
