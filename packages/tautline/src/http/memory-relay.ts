/** Nodes in one process: for tests with several hubs, and for a process that runs several servers. */
import type { Clock, NodeRelay } from "@tautline/hub";

import { systemClock } from "../serve/clock.ts";

type Answer = (request: string) => Promise<string>;

export class MemoryRelay implements NodeRelay {
  readonly #clock: Clock;
  readonly #nodes = new Map<string, Answer>();

  /** @param clock the system's by default */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async start(node: string, answer: Answer): Promise<void> {
    this.#nodes.set(node, answer);
  }

  async stop(node: string): Promise<void> {
    this.#nodes.delete(node);
  }

  async ask(node: string, request: string, timeoutMs: number): Promise<string | undefined> {
    const answer = this.#nodes.get(node);
    if (answer === undefined) return undefined;
    return new Promise((resolve) => {
      const cancel = this.#clock.schedule(() => resolve(undefined), timeoutMs);
      void answer(request).then((text) => {
        cancel();
        resolve(text);
      });
    });
  }
}
