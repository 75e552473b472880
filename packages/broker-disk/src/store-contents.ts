/**
 * Reads everything that a store holds, once, and checks that it is whole: the publications of a log follow each other up
 * to its top. Its first may be missing, since deleting is done before it is known to be; what is beyond the top, or of a log that
 * is no more, is left over from before a crash and is swept away.
 */

import type { FoundLog, ResultRecord } from "@tautline/hub";
import type { ClassicLevel } from "classic-level";
import { DataDirectoryError } from "./data-directory-error.ts";
import type { DiskLogs } from "./disk-logs.ts";
import type { Item, Session, StoredLog } from "./records.ts";
import { decodeItem, publicationsKey } from "./records.ts";
import type { KeyRange } from "./sweeper.ts";

type Publication = FoundLog["publications"][number];

export interface StoreContents {
  readonly logs: readonly FoundLog[];
  readonly results: readonly ResultRecord[];
  /** Of the process before, if there was one. */
  readonly session: Session | undefined;
  /** What belongs to nothing. */
  readonly garbage: readonly KeyRange[];
}

/** Items that are read at a time. */
const atOnce = 1000;

interface LoadingLog {
  readonly channel: string;
  readonly stored: StoredLog;
  readonly publications: Publication[];
  readonly firsts: number[];
}

/** @throws DataDirectoryError when something is not whole */
export async function readStore(db: ClassicLevel, diskLogs: DiskLogs): Promise<StoreContents> {
  const reading = new Reading();
  const iterator = db.iterator();
  try {
    for (;;) {
      const entries = await iterator.nextv(atOnce);
      if (entries.length === 0) break;
      for (const [key, value] of entries) reading.add(decode(key, value));
    }
  } finally {
    await iterator.close();
  }
  return reading.finish(diskLogs);
}

function decode(key: string, value: string): Item {
  try {
    return decodeItem(key, value);
  } catch (cause) {
    throw new DataDirectoryError("DATA_DIR_DAMAGED", `The data under ${key} is damaged`, { cause });
  }
}

class Reading {
  readonly #logs = new Map<number, LoadingLog>();
  readonly #results: ResultRecord[] = [];
  readonly #garbage: KeyRange[] = [];
  readonly #ids = new Set<number>();
  #session: Session | undefined;

  add(item: Item): void {
    switch (item.kind) {
      case "log":
        this.#ids.add(item.log.id);
        this.#logs.set(item.log.id, {
          channel: item.channel,
          stored: item.log,
          publications: [],
          firsts: [],
        });
        break;
      case "publications":
        this.#join(item.id, item.publications);
        break;
      case "result":
        this.#results.push(item.record);
        break;
      case "session":
        this.#session = item.session;
        break;
    }
  }

  #join(id: number, publications: readonly Publication[]): void {
    const first = publications[0]?.offset ?? 0;
    const log = this.#logs.get(id);
    if (log === undefined || first > log.stored.top) {
      this.#ids.add(id);
      this.#garbage.push({ gte: publicationsKey(id, first), lt: publicationsKey(id, first + 1) });
      return;
    }
    log.firsts.push(first);
    for (const publication of publications) {
      const { offset = 0 } = publication;
      if (offset > log.stored.gone && offset <= log.stored.top) log.publications.push(publication);
    }
  }

  finish(diskLogs: DiskLogs): StoreContents {
    for (const id of this.#ids) diskLogs.use(id);
    const logs: FoundLog[] = [];
    for (const { channel, stored, publications, firsts } of this.#logs.values()) {
      requireWhole(channel, stored, publications);
      diskLogs.add(channel, stored, firsts);
      const gone = stored.top - publications.length;
      logs.push({ channel, record: { ...stored, gone }, publications });
    }
    return { logs, results: this.#results, session: this.#session, garbage: this.#garbage };
  }
}

function requireWhole(
  channel: string,
  { top }: StoredLog,
  publications: readonly Publication[],
): void {
  const oldest = top - publications.length + 1;
  for (const [index, { offset }] of publications.entries()) {
    if (offset === oldest + index) continue;
    const message = `The log of ${JSON.stringify(channel)} lacks the publication ${oldest + index}`;
    throw new DataDirectoryError("DATA_DIR_DAMAGED", message);
  }
}
