/**
 * The hub's journal in a LevelDB store. Each write is one batch: LevelDB puts it into its log as one record with a
 * checksum, so that a crash leaves all of it or nothing. After a write that failed the store is opened anew before the
 * next: what a full disk has cut off inside of LevelDB's log would hide what comes after it.
 */

import { readFile } from "node:fs/promises";
import type { Journal, JournalChange, JournalContents } from "@tautline/hub";
import { ClassicLevel } from "classic-level";
import { DataDirectoryError } from "./data-directory-error.ts";
import { claimDirectory } from "./data-directory.ts";
import { DiskLogs } from "./disk-logs.ts";
import type { Session } from "./records.ts";
import { sessionKey } from "./records.ts";
import { readStore } from "./store-contents.ts";
import { Sweeper } from "./sweeper.ts";

/**
 * What an acknowledged publication survives. `fsync`: the end of the process and a power failure; each write waits for
 * the disk. `unsafe-without-fsync`: the end of the process alone; writes are left with the operating system, and after
 * a power failure clients are told that they may have missed something.
 */
export type Durability = "fsync" | "unsafe-without-fsync";

/** After a failure the store is not opened more often than this, in milliseconds. */
const reopenPauseMs = 1000;

export class DiskJournal implements Journal {
  readonly #path: string;
  readonly #sync: boolean;
  readonly #logs = new DiskLogs();
  readonly #sweeper = new Sweeper();
  #store = "";
  #db: ClassicLevel | undefined;
  #failure: { readonly atMs: number; readonly reason: unknown } | undefined;

  /** @throws RangeError when there is no such durability */
  constructor(path: string, durability: Durability) {
    if (durability !== "fsync" && durability !== "unsafe-without-fsync") {
      throw new RangeError(`durability cannot be ${String(durability)}`);
    }
    this.#path = path;
    this.#sync = durability === "fsync";
  }

  async open(): Promise<JournalContents> {
    const { store, isNew } = await claimDirectory(this.#path);
    this.#store = store;
    const db = await this.#openStore(isNew);
    try {
      const { logs, results, session, garbage } = await readStore(db, this.#logs);
      const boot = await bootId();
      await db.put(sessionKey, JSON.stringify(this.#session(false, boot)), { sync: true });
      this.#db = db;
      this.#sweeper.add(garbage);
      this.#sweeper.sweep(db);
      return { logs, results, whole: isWhole(session, boot) };
    } catch (error) {
      await db.close();
      throw this.#explain(error);
    }
  }

  async write(changes: readonly JournalChange[]): Promise<void> {
    const db = this.#db ?? (await this.#reopen());
    try {
      const batch = db.batch();
      const done = this.#logs.write(changes, batch);
      await batch.write({ sync: this.#sync });
      this.#sweeper.add(done());
    } catch (reason) {
      await this.#breakDown(db, reason);
      throw reason;
    }
    this.#sweeper.sweep(db);
  }

  async close(): Promise<void> {
    const db = this.#db;
    this.#db = undefined;
    if (db === undefined) return;
    await this.#sweeper.pause();
    try {
      await db.put(sessionKey, JSON.stringify(this.#session(true)), { sync: true });
    } finally {
      await db.close();
    }
  }

  #session(ended: boolean, boot?: string): Session {
    return { ended, synced: this.#sync, boot };
  }

  /** @throws DataDirectoryError when the store cannot be opened */
  async #openStore(createIfMissing: boolean): Promise<ClassicLevel> {
    const db = new ClassicLevel(this.#store);
    try {
      await db.open({ createIfMissing });
      return db;
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** @throws the reason of the last failure, when it is too early to try again or it is still there */
  async #reopen(): Promise<ClassicLevel> {
    const { atMs = Number.NEGATIVE_INFINITY, reason } = this.#failure ?? {};
    if (performance.now() < atMs + reopenPauseMs) throw reason;
    try {
      this.#db = await this.#openStore(false);
      return this.#db;
    } catch (again) {
      this.#failure = { atMs: performance.now(), reason: again };
      throw again;
    }
  }

  async #breakDown(db: ClassicLevel, reason: unknown): Promise<void> {
    this.#db = undefined;
    this.#failure = { atMs: Number.NEGATIVE_INFINITY, reason };
    await this.#sweeper.pause();
    await db.close().catch(() => undefined);
  }

  #explain(error: unknown): unknown {
    if (error instanceof DataDirectoryError) return error;
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const { code, message } = partsOf(cause);
    if (code === "LEVEL_LOCKED") {
      const text = `${this.#path} is in use by another process. Each server needs a directory of its own`;
      return new DataDirectoryError("DATA_DIR_IN_USE", text, { cause });
    }
    const damaged = code === "LEVEL_CORRUPTION" || damageText.test(message);
    return new DataDirectoryError(
      damaged ? "DATA_DIR_DAMAGED" : "DATA_DIR_UNUSABLE",
      damaged
        ? `${this.#path} is damaged: ${message}. Put a copy in its place, or begin with an empty directory`
        : `${this.#path} cannot be used: ${message}`,
      { cause },
    );
  }
}

/** What LevelDB says where a part of a store is missing or cut off and it does not call it corruption. */
const damageText = /does not exist|missing files|CURRENT file|\.(?:ldb|sst): Invalid argument/u;

function partsOf(cause: unknown): { readonly code: unknown; readonly message: string } {
  if (!(cause instanceof Error)) return { code: undefined, message: String(cause) };
  return { code: "code" in cause ? cause.code : undefined, message: cause.message };
}

/** Whether what the last process acknowledged is there: it had it on disk, ended in order, or the system still runs. */
function isWhole(last: Session | undefined, boot: string | undefined): boolean {
  if (last === undefined || last.synced || last.ended) return true;
  return boot !== undefined && boot === last.boot;
}

/** A name for this run of the operating system; unknown outside of Linux. */
async function bootId(): Promise<string | undefined> {
  try {
    return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  } catch {
    return undefined;
  }
}
