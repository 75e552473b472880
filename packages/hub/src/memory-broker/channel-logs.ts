/**
 * The logs of all channels: how long each is kept, and how much all together may hold. Whichever limit is reached, the
 * channel that was used least recently gives way. Its log comes back with another epoch, so that nobody takes it for
 * whole: clients are told that they may have missed something.
 */

import type { Publication } from "@tautline/wire";
import type { LogPage, LogPolicy, LogQuery, Position } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import { ChannelLog } from "./channel-log.ts";
import type { Expiring, ExpiryQueue } from "./expiry-queue.ts";

/** What all logs together may hold. */
export interface LogLimits {
  /** Channels whose log, or at least its epoch and offset, is kept. */
  readonly maxLogs: number;
  /** Bytes that all logs' publications are taken to hold. */
  readonly maxLogBytes: number;
}

/** A publication as it stands in the log, and where. */
export interface Appended {
  readonly publication: Publication;
  readonly position: Position;
}

export interface ChannelLogsSetup {
  readonly clock: Clock;
  readonly expiry: ExpiryQueue;
  readonly makeEpoch: () => string;
  readonly limits: LogLimits;
}

/** A log and when it ends. */
class KeptLog implements Expiring {
  readonly log: ChannelLog;
  readonly #cleared: (bytes: number) => void;
  readonly #forget: () => void;
  clearAt: number | undefined;
  forgetAt = 0;

  constructor(log: ChannelLog, cleared: (bytes: number) => void, forget: () => void) {
    this.log = log;
    this.#cleared = cleared;
    this.#forget = forget;
  }

  /** The next moment at which something has to be done. */
  get due(): number {
    return Math.min(this.clearAt ?? this.forgetAt, this.forgetAt);
  }

  expire(now: number): number | undefined {
    if (this.clearAt !== undefined && this.clearAt <= now) {
      this.#cleared(this.log.bytes);
      this.log.clear();
      this.clearAt = undefined;
    }
    if (this.forgetAt > now) return this.due;
    this.#forget();
    return undefined;
  }
}

export class ChannelLogs {
  readonly #setup: ChannelLogsSetup;
  /** The least recently used first. */
  readonly #logs = new Map<string, KeptLog>();
  #bytes = 0;

  constructor(setup: ChannelLogsSetup) {
    this.#setup = setup;
  }

  append(channel: string, publication: Publication, policy: LogPolicy): Appended {
    const { clock, expiry } = this.#setup;
    const now = clock.now();
    const kept = this.#use(channel, now + policy.metaTtlMs);
    kept.clearAt = now + policy.ttlMs;
    expiry.set(kept, kept.due);
    const { log } = kept;
    const before = log.bytes;
    const appended = log.append(publication, policy.size);
    this.#bytes += log.bytes - before;
    this.#makeRoom(kept);
    return { publication: appended, position: log.position };
  }

  read(channel: string, query: LogQuery): LogPage {
    const { clock, expiry } = this.#setup;
    const kept = this.#use(channel, clock.now() + query.metaTtlMs);
    expiry.set(kept, kept.due);
    const page = { publications: kept.log.read(query), position: kept.log.position };
    this.#makeRoom(kept);
    return page;
  }

  remove(channel: string): void {
    const kept = this.#logs.get(channel);
    if (kept === undefined) return;
    this.#bytes -= kept.log.bytes;
    kept.log.clear();
  }

  clear(): void {
    this.#logs.clear();
    this.#bytes = 0;
  }

  /** The channel's log, now the most recently used, kept until `forgetAt` at least. */
  #use(channel: string, forgetAt: number): KeptLog {
    const kept = this.#logs.get(channel) ?? this.#create(channel);
    this.#logs.delete(channel);
    this.#logs.set(channel, kept);
    kept.forgetAt = Math.max(kept.forgetAt, forgetAt);
    return kept;
  }

  #create(channel: string): KeptLog {
    return new KeptLog(
      new ChannelLog(this.#setup.makeEpoch()),
      (bytes) => {
        this.#bytes -= bytes;
      },
      () => void this.#logs.delete(channel),
    );
  }

  #makeRoom(newest: KeptLog): void {
    const { expiry, limits } = this.#setup;
    for (const [channel, kept] of this.#logs) {
      if (this.#bytes <= limits.maxLogBytes && this.#logs.size <= limits.maxLogs) return;
      if (kept === newest) break;
      this.#bytes -= kept.log.bytes;
      this.#logs.delete(channel);
      expiry.delete(kept);
    }
    // Alone and still too much: its own oldest publications go.
    while (this.#bytes > limits.maxLogBytes && newest.log.length > 0) {
      const before = newest.log.bytes;
      newest.log.dropOldest();
      this.#bytes += newest.log.bytes - before;
    }
  }
}
