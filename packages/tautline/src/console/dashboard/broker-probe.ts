/**
 * Whether the broker answers, and how soon: it is asked to say something to a hub that there is not, which changes nothing anywhere. A
 * broker whose hubs never meet is a part of this process, and is as well as that.
 */
import type { Broker } from "@tautline/hub";

export interface BrokerHealth {
  /** Its kind, by the name of its class. */
  readonly name: string;
  /** Whether it is somewhere else, and can be away. */
  readonly remote: boolean;
  /** Whether it has answered when it was last asked; `undefined` before. */
  readonly well: boolean | undefined;
  /** Milliseconds that the answer took. */
  readonly answerMs: number | undefined;
}

const nobody = "dashboard-probe";

export class BrokerProbe {
  readonly #broker: Broker | undefined;
  #asking = false;
  #well: boolean | undefined;
  #answerMs: number | undefined;

  /** Without a broker: the hub's own, in memory. */
  constructor(broker: Broker | undefined) {
    this.#broker = broker;
  }

  get health(): BrokerHealth {
    const remote = this.#broker?.tell !== undefined;
    return {
      name: this.#broker?.constructor.name ?? "MemoryBroker",
      remote,
      well: remote ? this.#well : true,
      answerMs: this.#answerMs,
    };
  }

  /** Asks it, unless it still has a question. Never rejects. */
  async ask(): Promise<void> {
    if (this.#asking || this.#broker?.tell === undefined) return;
    this.#asking = true;
    const startedAt = performance.now();
    try {
      await this.#broker.tell("", nobody);
      this.#well = true;
      this.#answerMs = performance.now() - startedAt;
    } catch {
      this.#well = false;
      this.#answerMs = undefined;
    } finally {
      this.#asking = false;
    }
  }
}
