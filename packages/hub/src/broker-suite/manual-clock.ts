/** Time that stands still until a test moves it, for brokers that keep time themselves. */

import type { Cancel, Clock } from "../ports/clock.ts";

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  #now = 1_000_000;

  now(): number {
    return this.#now;
  }

  schedule(callback: () => void, delayMs: number): Cancel {
    const alarm = { at: this.#now + delayMs, callback };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  /** How many calls are scheduled: none may be left behind by what has ended. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Moves on and calls what falls due, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#alarms.delete(next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }
}
