/**
 * Which log has which number, and under which keys its publications stand: what a change of a log means for the store.
 * What is worked out takes hold when the write is done, since one that failed must leave no trace.
 */

import type { JournalChange, LogRecord } from "@tautline/hub";
import { encodePublication } from "@tautline/hub";
import type { KeyRange } from "./sweeper.ts";
import type { StoredLog } from "./records.ts";
import { logKey, publicationsKey, resultKey } from "./records.ts";

/** Publications under one key, in number and in characters: as much as is dropped late, when only the first are gone. */
const mostTogether = 256;
const mostCharacters = 65_536;

/** Keys that one write deletes of one log; more are left to the sweeper. */
const mostDeletes = 64;

/** The operations that a write consists of. */
export interface Operations {
  put(key: string, value: string): unknown;
  del(key: string): unknown;
}

interface DiskLog {
  readonly id: number;
  readonly epoch: string;
  /** The offsets under which publications stand, in order; those before `start` are gone. */
  firsts: number[];
  start: number;
}

/** All keys of the log's publications from `from` and below `to`. */
function rangeOf(id: number, from = 0, to = Number.MAX_SAFE_INTEGER): KeyRange {
  return { gte: publicationsKey(id, from), lt: publicationsKey(id, to) };
}

export class DiskLogs {
  readonly #logs = new Map<string, DiskLog>();
  #nextId = 1;

  /** A log that was found, with the offsets under which its publications stand. */
  add(channel: string, { id, epoch }: StoredLog, firsts: number[]): void {
    this.#logs.set(channel, { id, epoch, firsts, start: 0 });
  }

  /** A number that was found in use. */
  use(id: number): void {
    this.#nextId = Math.max(this.#nextId, id + 1);
  }

  /** Puts the changes into operations; the function returned makes them hold, and gives what is left to be swept. */
  write(changes: readonly JournalChange[], operations: Operations): () => readonly KeyRange[] {
    const write = new LogsWrite(this.#logs, operations, () => this.#nextId++);
    for (const change of changes) write.add(change);
    return write.finish();
  }
}

/** The publications of one log that are written together. */
interface Lines {
  readonly first: number;
  readonly lines: string[];
  characters: number;
}

/** One write, while it is put together. */
class LogsWrite {
  readonly #logs: Map<string, DiskLog>;
  readonly #operations: Operations;
  readonly #newId: () => number;
  /** The logs as they will be, where they are others than before; nothing where there will be none. */
  readonly #changed = new Map<string, DiskLog | undefined>();
  readonly #effects: (() => void)[] = [];
  readonly #garbage: KeyRange[] = [];
  readonly #open = new Map<DiskLog, Lines>();

  constructor(logs: Map<string, DiskLog>, operations: Operations, newId: () => number) {
    this.#logs = logs;
    this.#operations = operations;
    this.#newId = newId;
  }

  add(change: JournalChange): void {
    switch (change.kind) {
      case "log":
        this.#describe(change.channel, change.record);
        break;
      case "publication":
        this.#publish(change.channel, change.publication);
        break;
      case "forget log":
        this.#drop(change.channel);
        this.#changed.set(change.channel, undefined);
        this.#operations.del(logKey(change.channel));
        break;
      case "result": {
        const { channel, key } = change.record;
        this.#operations.put(resultKey(channel, key), JSON.stringify(change.record));
        break;
      }
      case "forget result":
        this.#operations.del(resultKey(change.channel, change.key));
        break;
    }
  }

  finish(): () => readonly KeyRange[] {
    for (const [log, lines] of this.#open) this.#put(log, lines);
    return () => {
      for (const effect of this.#effects) effect();
      for (const [channel, log] of this.#changed) {
        if (log === undefined) this.#logs.delete(channel);
        else this.#logs.set(channel, log);
      }
      return this.#garbage;
    };
  }

  #find(channel: string): DiskLog | undefined {
    return this.#changed.has(channel) ? this.#changed.get(channel) : this.#logs.get(channel);
  }

  #describe(channel: string, record: LogRecord): void {
    let log = this.#find(channel);
    if (log?.epoch !== record.epoch) {
      this.#drop(channel);
      log = { id: this.#newId(), epoch: record.epoch, firsts: [], start: 0 };
      this.#changed.set(channel, log);
    }
    this.#operations.put(logKey(channel), JSON.stringify({ ...record, id: log.id }));
    this.#trim(log, record);
  }

  /** Deletes what is gone: few keys here, many later. */
  #trim(log: DiskLog, { gone, top }: LogRecord): void {
    let end = log.start;
    // What stands under the last key ends with the top, what stands under another before the next.
    while (end < log.firsts.length && (log.firsts[end + 1] ?? top + 1) <= gone + 1) end += 1;
    if (end === log.start) return;
    if (end - log.start > mostDeletes) {
      const first = log.firsts[log.start];
      const next = (log.firsts[end - 1] ?? 0) + 1;
      this.#garbage.push(rangeOf(log.id, first, next));
    } else {
      for (const first of log.firsts.slice(log.start, end)) {
        this.#operations.del(publicationsKey(log.id, first));
      }
    }
    this.#effects.push(() => {
      log.start = end;
      if (log.start * 2 <= log.firsts.length) return;
      log.firsts = log.firsts.slice(log.start);
      log.start = 0;
    });
  }

  #drop(channel: string): void {
    const log = this.#find(channel);
    if (log !== undefined && log.start < log.firsts.length) this.#garbage.push(rangeOf(log.id));
  }

  #publish(channel: string, publication: Parameters<typeof encodePublication>[0]): void {
    const log = this.#find(channel);
    const { offset } = publication;
    if (log === undefined || offset === undefined) throw new Error("A publication without a log");
    const line = encodePublication(publication);
    let lines = this.#open.get(log);
    if (lines !== undefined && isFull(lines)) {
      this.#put(log, lines);
      lines = undefined;
    }
    if (lines === undefined)
      this.#open.set(log, (lines = { first: offset, lines: [], characters: 0 }));
    lines.lines.push(line);
    lines.characters += line.length;
  }

  #put(log: DiskLog, { first, lines }: Lines): void {
    this.#operations.put(publicationsKey(log.id, first), lines.join("\n"));
    this.#effects.push(() => log.firsts.push(first));
  }
}

function isFull({ lines, characters }: Lines): boolean {
  return lines.length >= mostTogether || characters >= mostCharacters;
}
