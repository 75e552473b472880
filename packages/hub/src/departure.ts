/**
 * The end of many connections, one after the other, evenly over a time: clients that are all told at once all come to the
 * other servers at once. It knows the time and the order; what each is told is the caller's.
 */

import type { Cancel, Clock } from "./ports/clock.ts";

export interface DepartureSetup {
  readonly clock: Clock;
  /** Says goodbye to one connection each, in this order. None may throw. */
  readonly farewells: readonly (() => void)[];
  /** Milliseconds from the first to the end; 0 says them all at once. */
  readonly overMs: number;
}

export class Departure {
  /** Resolves when all were said. */
  readonly over: Promise<void>;
  readonly #setup: DepartureSetup;
  readonly #startedAt: number;
  #next = 0;
  #timer: Cancel | undefined;
  #resolve: () => void = () => undefined;

  constructor(setup: DepartureSetup) {
    this.#setup = setup;
    this.#startedAt = setup.clock.now();
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#sayDue();
  }

  /** Says what is left at once. */
  hurry(): void {
    this.#timer?.();
    this.#timer = undefined;
    const left = this.#setup.farewells.slice(this.#next);
    this.#next += left.length;
    for (const farewell of left) farewell();
    this.#resolve();
  }

  #sayDue(): void {
    const { clock, farewells, overMs } = this.#setup;
    for (;;) {
      const farewell = farewells[this.#next];
      if (farewell === undefined) break;
      const dueAt = this.#startedAt + (this.#next * overMs) / farewells.length;
      const waitMs = dueAt - clock.now();
      if (waitMs > 0) {
        this.#timer = clock.schedule(() => this.#sayDue(), waitMs);
        return;
      }
      this.#next += 1;
      farewell();
    }
    this.#resolve();
  }
}
