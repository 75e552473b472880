/**
 * How fast one client may send commands. Each kind has a bucket that fills with time; a bucket is one number, the moment at
 * which it would be full again (the virtual scheduling of ITU-T I.371 §A), so a client that is idle costs neither a timer
 * nor anything else. Who is refused too often ends its connection.
 */

import type { RequestMethod } from "@tautline/wire";
import { disconnects, replyErrors } from "@tautline/wire";
import type { HubOptions } from "../options.ts";
import type { Clock } from "../ports/clock.ts";
import type { Refusal } from "../refusal.ts";
import { refuse } from "../refusal.ts";
import type { LimitLog } from "./limit-log.ts";

/** The options that are rates. */
type RateOption =
  | "maxCommandsPerSecond"
  | "maxSubscribesPerSecond"
  | "maxPublishesPerSecond"
  | "maxReadsPerSecond"
  | "maxCallsPerSecond"
  | "maxSendsPerSecond"
  | "maxRefreshesPerSecond";

/** Which rate holds for which command, besides that of all commands. */
const rateOf: Readonly<Partial<Record<RequestMethod, RateOption>>> = {
  subscribe: "maxSubscribesPerSecond",
  unsubscribe: "maxSubscribesPerSecond",
  publish: "maxPublishesPerSecond",
  presence: "maxReadsPerSecond",
  presence_stats: "maxReadsPerSecond",
  history: "maxReadsPerSecond",
  rpc: "maxCallsPerSecond",
  send: "maxSendsPerSecond",
  refresh: "maxRefreshesPerSecond",
  sub_refresh: "maxRefreshesPerSecond",
};

export interface RateSetup {
  readonly clock: Clock;
  readonly options: Pick<HubOptions, RateOption | "rateBurstSeconds" | "maxRefusalsPerMinute">;
}

export class RateGuard {
  readonly #setup: RateSetup;
  readonly #limits: LimitLog;
  /** By rate, when its bucket is full again, in milliseconds since 1970; absent until the first command. */
  #fullAt: Map<RateOption | "maxRefusalsPerMinute", number> | undefined;

  constructor(setup: RateSetup, limits: LimitLog) {
    this.#setup = setup;
    this.#limits = limits;
  }

  /** The refusal of one more command, or `undefined` when it is not too much. */
  refusalOf(method: RequestMethod): Refusal | undefined {
    const { options } = this.#setup;
    const burstMs = options.rateBurstSeconds * 1000;
    const rate = rateOf[method];
    const within =
      this.#take("maxCommandsPerSecond", options.maxCommandsPerSecond, burstMs) &&
      (rate === undefined || this.#take(rate, options[rate], burstMs));
    if (within) return undefined;
    this.#limits.reached("rate");
    const { maxRefusalsPerMinute } = options;
    const patience = this.#take("maxRefusalsPerMinute", maxRefusalsPerMinute / 60, 60_000);
    if (!patience) this.#limits.reached("refusals");
    // What is sent has no reply that could say it; silence would lose it without a word.
    if (!patience || method === "send") return refuse(disconnects.tooManyRequests);
    return refuse(replyErrors.tooManyRequests);
  }

  /** Takes one from the bucket of `name`; false when it is empty. A rate of 0 is none. */
  #take(name: RateOption | "maxRefusalsPerMinute", perSecond: number, burstMs: number): boolean {
    if (perSecond === 0) return true;
    this.#fullAt ??= new Map();
    const now = this.#setup.clock.now();
    const costMs = 1000 / perSecond;
    const longestMs = Math.max(burstMs, costMs);
    // Never further than an empty bucket: the clock may have been set back.
    const fullAt = Math.min(Math.max(this.#fullAt.get(name) ?? now, now), now + longestMs);
    const within = fullAt + costMs <= now + longestMs;
    this.#fullAt.set(name, within ? fullAt + costMs : fullAt);
    return within;
  }
}
