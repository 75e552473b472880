/**
 * The time for which a connection or a subscription was granted. It watches the time, with one timer at most, and has the
 * protocol's words for what is left of it. Who renews it, and what happens when nobody does, is decided elsewhere.
 */

import type { HubOptions } from "../options.ts";
import type { Cancel, Clock } from "../ports/clock.ts";

/**
 * Who has to renew what expires: the client, with a new token in time, as it came with one; or the server, which asks the
 * hook again.
 */
export type Renewal = "client" | "server";

/** What a client is told of the time it has. */
export interface Lifetime {
  readonly expires?: true;
  /** Whole seconds, rounded down: who renews then is in time. */
  readonly ttl?: number;
}

/** Timers take 31 bits of milliseconds; what lies further away is waited for in parts. */
const longestWaitMs = 2_000_000_000;

/** A year, in seconds: what lies further away is told as this, and renewed once more than needed. */
const longestTtlSeconds = 31_536_000;

export interface TermSetup {
  readonly clock: Clock;
  readonly options: Pick<HubOptions, "refreshGraceMs">;
}

export class Term {
  readonly #setup: TermSetup;
  readonly #over: () => void;
  #expiresAtMs: number | undefined;
  #renewal: Renewal = "server";
  #running = false;
  #cancel: Cancel | undefined;

  /** `over` is called when the time is over: for what clients renew after a time of grace. */
  constructor(setup: TermSetup, over: () => void) {
    this.#setup = setup;
    this.#over = over;
  }

  /** Milliseconds since 1970; `undefined` when there is no end. */
  get expiresAtMs(): number | undefined {
    return this.#expiresAtMs;
  }

  get renewal(): Renewal {
    return this.#renewal;
  }

  /** Whether the time is over already. */
  get expired(): boolean {
    return (this.#expiresAtMs ?? Number.POSITIVE_INFINITY) <= this.#setup.clock.now();
  }

  /** What the client is told; nothing of what the server renews by itself. */
  get lifetime(): Lifetime {
    return this.#renewal === "client" ? this.left : {};
  }

  /** What is left. */
  get left(): Lifetime {
    if (this.#expiresAtMs === undefined) return {};
    const left = Math.floor((this.#expiresAtMs - this.#setup.clock.now()) / 1000);
    // Not 0, which the wire leaves out: clients would look for a time and find none.
    return { expires: true, ttl: Math.min(Math.max(left, 1), longestTtlSeconds) };
  }

  /** Sets the end, the first or another one. */
  set(expiresAtMs: number | undefined, renewal = this.#renewal): void {
    this.#expiresAtMs = expiresAtMs;
    this.#renewal = renewal;
    if (this.#running) this.start();
  }

  /** Begins to watch the time. */
  start(): void {
    this.stop();
    this.#running = true;
    if (this.#expiresAtMs === undefined) return;
    const { clock, options } = this.#setup;
    const graceMs = this.#renewal === "client" ? options.refreshGraceMs : 0;
    const waitMs = Math.max(this.#expiresAtMs + graceMs - clock.now(), 0);
    this.#cancel = clock.schedule(
      () => (waitMs > longestWaitMs ? this.start() : this.#over()),
      Math.min(waitMs, longestWaitMs),
    );
  }

  stop(): void {
    this.#running = false;
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
