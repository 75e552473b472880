/**
 * How long to wait before the next attempt: exponential back-off with full jitter, which spreads the clients of a
 * restarted server evenly over the whole interval instead of letting them return in waves.
 *
 * A connection that was established does not reset it: a server that accepts connections and drops them at once would
 * be hammered. Only one that held for a while does. It knows no timers; it is told the time.
 */

export interface BackoffOptions {
  /** The interval of the first attempt; it doubles with each further one. */
  readonly baseDelayMs: number;
  /** The interval grows no further than this. */
  readonly maxDelayMs: number;
  /** How long what was established must have held for the next delay to start from `baseDelayMs` again. */
  readonly stableAfterMs: number;
}

export class Backoff {
  readonly #options: BackoffOptions;
  readonly #random: () => number;
  #attempts = 0;
  #establishedAt: number | undefined;

  constructor(options: BackoffOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
  }

  /** How many delays were given out since the last reset. */
  get attempts(): number {
    return this.#attempts;
  }

  /** The attempt succeeded at `now`. */
  established(now: number): void {
    this.#establishedAt = now;
  }

  /** The delay in milliseconds after a loss at `now`: at least 0, below the interval of this attempt. */
  next(now: number): number {
    const { baseDelayMs, maxDelayMs, stableAfterMs } = this.#options;
    const since = this.#establishedAt;
    this.#establishedAt = undefined;
    if (since !== undefined && now - since >= stableAfterMs) this.#attempts = 0;
    const interval = Math.min(maxDelayMs, baseDelayMs * 2 ** this.#attempts);
    this.#attempts += 1;
    return this.#random() * interval;
  }

  reset(): void {
    this.#attempts = 0;
    this.#establishedAt = undefined;
  }
}
