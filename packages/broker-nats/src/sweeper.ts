/**
 * Remembers when logs that this hub has written to have ended, so that what they held does not stay in the stream until its
 * own age is over. Nothing depends on it: readers know the time themselves.
 */

import type { Cancel, Clock } from "@tautline/hub";

export interface SweeperSetup {
  readonly clock: Clock;
  /** Removes what the channel's log no longer shows. */
  readonly sweep: (channel: string) => Promise<void>;
}

/** Between two looks, in milliseconds. */
const intervalMs = 60_000;

/** Channels that are remembered; those beyond wait for the stream's age. */
const maxChannels = 100_000;

/** Channels that are swept at once: it can wait. */
const maxSweeps = 100;

export class Sweeper {
  readonly #setup: SweeperSetup;
  readonly #ends = new Map<string, number>();
  #timer: Cancel | undefined;

  constructor(setup: SweeperSetup) {
    this.#setup = setup;
  }

  /** The channel's log ends at `at`, unless something is written to it. */
  note(channel: string, at: number): void {
    if (this.#ends.size >= maxChannels && !this.#ends.has(channel)) return;
    this.#ends.set(channel, at);
    this.#timer ??= this.#setup.clock.schedule(() => this.#look(), intervalMs);
  }

  stop(): void {
    this.#ends.clear();
    this.#timer?.();
    this.#timer = undefined;
  }

  #look(): void {
    const now = this.#setup.clock.now();
    let left = maxSweeps;
    for (const [channel, at] of this.#ends) {
      if (at > now) continue;
      this.#ends.delete(channel);
      this.#setup.sweep(channel).catch(() => undefined);
      if ((left -= 1) === 0) break;
    }
    this.#timer =
      this.#ends.size === 0
        ? undefined
        : this.#setup.clock.schedule(() => this.#look(), left === 0 ? intervalMs / 60 : intervalMs);
  }
}
