/** A world that stands still until a test moves it: clock, timers, chance, network. */

import type { Cancel, Environment, NetworkSign } from "@tautline/client";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

export class FakeEnvironment implements Environment {
  /** What `random` gives; replace it for other chances. */
  chance: () => number = () => 0.5;
  /** What listeners threw. */
  readonly errors: unknown[] = [];
  readonly #timers = new Set<Timer>();
  readonly #listeners = new Set<(sign: NetworkSign) => void>();
  #now = 1_700_000_000_000;
  #online = true;

  get timerCount(): number {
    return this.#timers.size;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance();
  }

  online(): boolean {
    return this.#online;
  }

  schedule(callback: () => void, delayMs: number): Cancel {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  onSign(listener: (sign: NetworkSign) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  reportError(error: unknown): void {
    this.errors.push(error);
  }

  give(sign: NetworkSign): void {
    if (sign !== "visible") this.#online = sign === "online";
    for (const listener of this.#listeners) listener(sign);
  }

  /** Lets the clock run, as while a machine sleeps, without any timer firing. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  /** Runs all timers of the next `ms` in their order, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settle();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }
}

/** Lets all promises settle that can without anything from outside. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
