/**
 * The network that a run pretends to have: what passes it comes out later, in its order. It stands between the socket and whoever
 * answers, in both directions and for all transports alike; what TCP does before (its handshake, its acknowledgements) is not
 * delayed.
 */
import type { Cancel, Clock } from "@tautline/hub";

export class DelayedPath {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #underway = new Set<Cancel>();

  constructor(clock: Clock, delayMs: number) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  /** Calls `arrive` when the time is over; at once without a delay. Timers of one length fire in the order in which they began. */
  pass(arrive: () => void): void {
    if (this.#delayMs === 0) {
      arrive();
      return;
    }
    const cancel = this.#clock.schedule(() => {
      this.#underway.delete(cancel);
      arrive();
    }, this.#delayMs);
    this.#underway.add(cancel);
  }

  /** Loses what is on its way. */
  cut(): void {
    for (const cancel of this.#underway) cancel();
    this.#underway.clear();
  }
}
