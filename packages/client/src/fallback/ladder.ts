/**
 * Which transport is tried when: from the best one downwards, beginning with what worked last, and from the top again
 * after a while. It knows names and time, and opens nothing.
 */

/** The transports, as the protocol's other clients name them too. */
export type TransportName = "websocket" | "http_stream" | "sse" | "http_poll";

/** Keeps a name over the end of the page, as `localStorage` can. Neither call may throw. */
export interface TransportMemory {
  load(): string | null | undefined;
  save(transport: TransportName): void;
}

export interface LadderOptions {
  /** Best first; at least one. */
  readonly transports: readonly TransportName[];
  readonly memory: TransportMemory | undefined;
  readonly climbAfterMs: number;
  readonly maxClimbAfterMs: number;
}

export class Ladder {
  readonly #options: LadderOptions;
  readonly #now: () => number;
  #start: number;
  #climbDelayMs: number;
  /** When to try from the top again; `undefined` while the top is what works, or nothing is known to. */
  #climbAt: number | undefined;

  constructor(options: LadderOptions, now: () => number) {
    const { transports, memory, climbAfterMs } = options;
    this.#options = options;
    this.#now = now;
    this.#climbDelayMs = climbAfterMs;
    this.#start = Math.max(
      0,
      transports.findIndex((name) => name === memory?.load()),
    );
    if (this.#start > 0) this.#climbAt = now() + climbAfterMs;
  }

  /** All transports, in the order in which to try them now. */
  order(): readonly TransportName[] {
    if (this.climbsInMs === 0) this.#start = 0;
    const { transports } = this.#options;
    return [...transports.slice(this.#start), ...transports.slice(0, this.#start)];
  }

  /** The best one. */
  get top(): TransportName | undefined {
    return this.#options.transports[0];
  }

  /** How long until the top is worth another look; `undefined` when it is what works. */
  get climbsInMs(): number | undefined {
    return this.#climbAt === undefined ? undefined : Math.max(0, this.#climbAt - this.#now());
  }

  /** The transport has carried an answer of the server. */
  worked(name: TransportName): void {
    const { transports, memory, climbAfterMs } = this.#options;
    const due = this.climbsInMs === 0;
    this.#start = transports.indexOf(name);
    if (this.#start === 0) {
      this.#climbDelayMs = climbAfterMs;
      this.#climbAt = undefined;
    } else if (due) this.stayed();
    else this.#climbAt ??= this.#now() + this.#climbDelayMs;
    memory?.save(name);
  }

  /** The top was looked at and does not work yet: the next look comes after twice the time. */
  stayed(): void {
    this.#climbDelayMs = Math.min(this.#options.maxClimbAfterMs, this.#climbDelayMs * 2);
    this.#climbAt = this.#now() + this.#climbDelayMs;
  }

  /** The top was looked at and works: the next connection begins there. */
  climb(): void {
    this.#start = 0;
  }

  /** Nobody waits any longer for this transport's answer: the next connection begins below it. */
  abandoned(name: TransportName): void {
    const { transports } = this.#options;
    this.#start = (transports.indexOf(name) + 1) % transports.length;
  }
}
