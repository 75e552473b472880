/**
 * A journal in memory that outlives its broker, as a disk would: opened again it has what was written. A test may hold
 * its writes back, have them fail, and ask what it holds.
 */

import type {
  FoundLog,
  Journal,
  JournalChange,
  JournalContents,
  LogRecord,
  ResultRecord,
} from "@tautline/hub";
import { decodePublication, encodePublication } from "@tautline/hub";

interface WrittenLog {
  record: LogRecord;
  readonly publications: Map<number, string>;
}

export class MemoryJournal implements Journal {
  readonly logs = new Map<string, WrittenLog>();
  readonly results = new Map<string, ResultRecord>();
  /** How many changes each write had. */
  readonly writes: number[] = [];
  whole = true;
  /** What the next writes do: fail before or after they are done, or wait for the promise. */
  fault: "before" | "after" | undefined;
  gate: Promise<void> | undefined;

  async open(): Promise<JournalContents> {
    return { logs: this.#found(), results: [...this.results.values()], whole: this.whole };
  }

  async write(changes: readonly JournalChange[]): Promise<void> {
    await this.gate;
    if (this.fault === "before") throw new Error("No space left");
    this.writes.push(changes.length);
    for (const change of changes) this.#apply(change);
    if (this.fault === "after") throw new Error("Nobody knows");
  }

  async close(): Promise<void> {
    this.gate = undefined;
  }

  /** What the channel's log would give after a restart. */
  data(channel: string): readonly unknown[] {
    const found = this.#found().find((log) => log.channel === channel);
    return found?.publications.map(({ data }) => data) ?? [];
  }

  #found(): readonly FoundLog[] {
    return [...this.logs].map(([channel, { record, publications }]) => ({
      channel,
      record,
      publications: [...publications]
        .filter(([offset]) => offset > record.gone && offset <= record.top)
        .sort(([a], [b]) => a - b)
        .map(([, text]) => decodePublication(text)),
    }));
  }

  #apply(change: JournalChange): void {
    if (change.kind === "log") {
      const { channel, record } = change;
      const log = this.logs.get(channel);
      if (log?.record.epoch === record.epoch) log.record = record;
      else this.logs.set(channel, { record, publications: new Map() });
      for (const offset of this.logs.get(channel)!.publications.keys()) {
        if (offset <= record.gone) this.logs.get(channel)!.publications.delete(offset);
      }
    } else if (change.kind === "publication") {
      const { channel, publication } = change;
      const text = encodePublication(publication);
      this.logs.get(channel)!.publications.set(publication.offset!, text);
    } else if (change.kind === "forget log") this.logs.delete(change.channel);
    else if (change.kind === "result") this.results.set(nameOf(change.record), change.record);
    else this.results.delete(nameOf(change));
  }
}

const nameOf = ({ channel, key }: { readonly channel: string; readonly key: string }): string =>
  JSON.stringify([channel, key]);
