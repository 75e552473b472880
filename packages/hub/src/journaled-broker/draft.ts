/**
 * What one write to the journal is going to change, while it is put together: the places that its publications will take
 * and the logs as they will be. Nothing has happened yet; the logs in memory are as the journal has them.
 */

import type { Publication } from "@tautline/wire";
import type { ChannelLogs } from "../memory-broker/channel-logs.ts";
import type { PublishResults } from "../memory-broker/publish-results.ts";
import { resultName } from "../memory-broker/publish-results.ts";
import type { LogPolicy, Position } from "../ports/broker.ts";
import type { JournalChange, LogRecord, ResultRecord } from "../ports/journal.ts";

export interface DraftSetup {
  readonly logs: ChannelLogs;
  readonly results: PublishResults;
  readonly makeEpoch: () => string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A publication that was published before, under the same key. */
export interface FirstResult {
  readonly position: Position | undefined;
  /** Whether it is part of the same draft: when that fails, so does this. */
  readonly drafted: boolean;
}

export class Draft {
  readonly #setup: DraftSetup;
  readonly #records = new Map<string, LogRecord>();
  readonly #results = new Map<string, ResultRecord>();
  readonly #publications: { readonly channel: string; readonly publication: Publication }[] = [];
  readonly #rest: JournalChange[] = [];

  constructor(setup: DraftSetup) {
    this.#setup = setup;
  }

  /** The place that the publication will take in its channel's log. */
  append(channel: string, publication: Publication, policy: LogPolicy): Position {
    const { now } = this.#setup;
    const record = this.#open(channel, now + policy.metaTtlMs);
    const top = record.top + 1;
    this.#records.set(channel, {
      ...record,
      top,
      gone: Math.max(record.gone, top - policy.size),
      clearAt: now + policy.ttlMs,
    });
    this.#publications.push({ channel, publication: { ...publication, offset: top } });
    return { offset: top, epoch: record.epoch };
  }

  /** Sees to it that the channel has a log; its newest place. */
  open(channel: string, metaTtlMs: number): Position {
    const { epoch, top } = this.#open(channel, this.#setup.now + metaTtlMs);
    return { offset: top, epoch };
  }

  /** Empties the channel's log, if it has one. */
  clear(channel: string): void {
    const record = this.#records.get(channel) ?? this.#setup.logs.record(channel);
    if (record === undefined) return;
    this.#records.set(channel, { ...record, gone: record.top, clearAt: undefined });
  }

  /** What became of the first publication with the key, if there was one. */
  firstResult(channel: string, key: string): FirstResult | undefined {
    const drafted = this.#results.get(resultName(channel, key));
    if (drafted !== undefined) return { position: drafted.position, drafted: true };
    const known = this.#setup.results.find(channel, key);
    return known === undefined ? undefined : { position: known.position, drafted: false };
  }

  /** Remembers what becomes of a publication with a key; for as long as `ttlMs`. */
  remember(result: Omit<ResultRecord, "forgetAt">, ttlMs: number): ResultRecord {
    const record = { ...result, forgetAt: this.#setup.now + ttlMs };
    this.#results.set(resultName(record.channel, record.key), record);
    return record;
  }

  /** Adds what became of a log in memory already: it lost something, or is no more. */
  addLog(channel: string): void {
    if (this.#records.has(channel)) return;
    const record = this.#setup.logs.record(channel);
    if (record === undefined) this.#rest.push({ kind: "forget log", channel });
    else this.#rest.push({ kind: "log", channel, record });
  }

  /** Adds that a result is forgotten, unless there is a new one under its key. */
  forgetResult({ channel, key }: ResultRecord): void {
    if (this.firstResult(channel, key) !== undefined) return;
    this.#rest.push({ kind: "forget result", channel, key });
  }

  /** Everything, in the order of the journal's port. */
  changes(): readonly JournalChange[] {
    const changes: JournalChange[] = [...this.#rest];
    for (const [channel, record] of this.#records) changes.push({ kind: "log", channel, record });
    for (const { channel, publication } of this.#publications) {
      // Of more than the log holds, the first are gone before they were there.
      if ((publication.offset ?? 0) <= (this.#records.get(channel)?.gone ?? 0)) continue;
      changes.push({ kind: "publication", channel, publication });
    }
    for (const record of this.#results.values()) changes.push({ kind: "result", record });
    return changes;
  }

  #open(channel: string, forgetAt: number): LogRecord {
    const known = this.#records.get(channel) ?? this.#setup.logs.record(channel);
    const record = known ?? { epoch: this.#setup.makeEpoch(), top: 0, gone: 0, forgetAt };
    const opened = { ...record, forgetAt: Math.max(record.forgetAt, forgetAt) };
    this.#records.set(channel, opened);
    return opened;
  }
}
