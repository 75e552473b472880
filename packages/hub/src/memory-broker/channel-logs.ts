/**
 * The logs of all channels: how long each is kept, and how much all together may hold. Whichever limit is reached, the
 * channel that was used least recently gives way. Its log comes back with another epoch, so that nobody takes it for
 * whole: clients are told that they may have missed something.
 */

import type { Publication } from "@tautline/wire";
import type { LogPage, LogPolicy, LogQuery, Position } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import type { FoundLog, LogRecord } from "../ports/journal.ts";
import { ChannelLog } from "./channel-log.ts";
import type { Expiring, ExpiryQueue } from "../expiry-queue.ts";

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

/** Somebody who writes the logs down elsewhere. */
export interface LogKeeper {
  /** Whether the channel's log must stay for now, as something is about to happen to it. */
  isHeld(channel: string): boolean;
  /** The channel's log has lost something or is forgotten, by a limit or by time, or will be forgotten later than before. */
  changed(channel: string): void;
}

export interface ChannelLogsSetup {
  readonly clock: Clock;
  readonly expiry: ExpiryQueue;
  readonly makeEpoch: () => string;
  readonly limits: LogLimits;
  readonly keeper?: LogKeeper | undefined;
}

/** What happens to a log when its time has come. */
interface LogEnds {
  isHeld(): boolean;
  cleared(bytes: number): void;
  forget(): void;
}

/** How long a log that is held stays beyond its time, in milliseconds, before it is asked again. */
const heldMs = 1000;

/** A log that is kept longer is worth a word to the keeper when this part of its remaining time is new. */
const worthTelling = 1 / 8;

/** A log and when it ends. */
class KeptLog implements Expiring {
  readonly channel: string;
  readonly log: ChannelLog;
  readonly #ends: LogEnds;
  clearAt: number | undefined;
  forgetAt = 0;
  /** What the keeper knows. */
  toldForgetAt = 0;

  constructor(channel: string, log: ChannelLog, ends: LogEnds) {
    this.channel = channel;
    this.log = log;
    this.#ends = ends;
  }

  get record(): LogRecord {
    const { epoch, offset } = this.log.position;
    return {
      epoch,
      top: offset,
      gone: offset - this.log.length,
      clearAt: this.clearAt,
      forgetAt: this.forgetAt,
    };
  }

  /** The next moment at which something has to be done. */
  get due(): number {
    return Math.min(this.clearAt ?? this.forgetAt, this.forgetAt);
  }

  expire(now: number): number | undefined {
    if (this.clearAt !== undefined && this.clearAt <= now) {
      const { bytes } = this.log;
      this.log.clear();
      this.clearAt = undefined;
      this.#ends.cleared(bytes);
    }
    if (this.forgetAt > now) return this.due;
    if (this.#ends.isHeld()) return now + heldMs;
    this.#ends.forget();
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
    kept.clearAt = undefined;
  }

  has(channel: string): boolean {
    return this.#logs.has(channel);
  }

  /** The channel's log as it is to be written down, if there is one. The keeper knows it from now on. */
  record(channel: string): LogRecord | undefined {
    const kept = this.#logs.get(channel);
    if (kept !== undefined) kept.toldForgetAt = kept.forgetAt;
    return kept?.record;
  }

  /** Begins an empty log, for `append` or `read` right after. Nothing is known of the channel yet. */
  create(channel: string, epoch: string): void {
    this.#add(channel, new ChannelLog(epoch));
  }

  /** Has a log begin with what was written down; it becomes the most recently used. Nothing is known of the channel yet. */
  restore({ channel, record, publications }: FoundLog): void {
    const log = new ChannelLog(record.epoch, record.top, [...publications]);
    const kept = this.#add(channel, log);
    if (publications.length > 0) kept.clearAt = record.clearAt;
    kept.forgetAt = record.forgetAt;
    kept.toldForgetAt = record.forgetAt;
    this.#bytes += log.bytes;
    this.#setup.expiry.set(kept, kept.due);
    this.#makeRoom(kept);
  }

  clear(): void {
    this.#logs.clear();
    this.#bytes = 0;
  }

  /** The channel's log, now the most recently used, kept until `forgetAt` at least. */
  #use(channel: string, forgetAt: number): KeptLog {
    const known = this.#logs.get(channel);
    const kept = known ?? this.#add(channel, new ChannelLog(this.#setup.makeEpoch()));
    this.#logs.delete(channel);
    this.#logs.set(channel, kept);
    kept.forgetAt = Math.max(kept.forgetAt, forgetAt);
    if (known === undefined) this.#setup.keeper?.changed(channel);
    else this.#tellLonger(kept);
    return kept;
  }

  #tellLonger(kept: KeptLog): void {
    const { clock, keeper } = this.#setup;
    if (keeper === undefined) return;
    // A log that has just begun was written down with its time.
    if (kept.toldForgetAt === 0) kept.toldForgetAt = kept.forgetAt;
    const newMs = kept.forgetAt - kept.toldForgetAt;
    if (newMs > worthTelling * (kept.forgetAt - clock.now())) keeper.changed(kept.channel);
  }

  #add(channel: string, log: ChannelLog): KeptLog {
    const { keeper } = this.#setup;
    const kept = new KeptLog(channel, log, {
      isHeld: () => keeper?.isHeld(channel) ?? false,
      cleared: (bytes) => {
        this.#bytes -= bytes;
        keeper?.changed(channel);
      },
      forget: () => {
        this.#logs.delete(channel);
        keeper?.changed(channel);
      },
    });
    this.#logs.set(channel, kept);
    return kept;
  }

  #makeRoom(newest: KeptLog): void {
    const { expiry, limits, keeper } = this.#setup;
    for (const [channel, kept] of this.#logs) {
      if (this.#bytes <= limits.maxLogBytes && this.#logs.size <= limits.maxLogs) return;
      if (kept === newest) break;
      if (keeper?.isHeld(channel) === true) continue;
      this.#bytes -= kept.log.bytes;
      this.#logs.delete(channel);
      expiry.delete(kept);
      keeper?.changed(channel);
    }
    // Alone and still too much: its own oldest publications go.
    let dropped = false;
    while (this.#bytes > limits.maxLogBytes && newest.log.length > 0) {
      const before = newest.log.bytes;
      newest.log.dropOldest();
      this.#bytes += newest.log.bytes - before;
      dropped = true;
    }
    if (dropped) keeper?.changed(newest.channel);
  }
}
