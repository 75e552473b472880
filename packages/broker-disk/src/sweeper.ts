/**
 * Clears away what is no longer needed, a bounded number of keys at a time and while the store has time: nobody waits for
 * it, and a crash loses nothing but the work left to do, which is found again at the next start.
 */

import type { ClassicLevel } from "classic-level";

/** Keys from `gte` on and below `lt`. */
export interface KeyRange {
  readonly gte: string;
  readonly lt: string;
}

/** Keys that are deleted at a time. */
const atOnce = 1000;

export class Sweeper {
  readonly #ranges: KeyRange[] = [];
  #sweeping: Promise<void> | undefined;
  #paused = false;

  add(ranges: Iterable<KeyRange>): void {
    for (const range of ranges) this.#ranges.push(range);
  }

  /** Goes on with what is left, unless it is at it. */
  sweep(db: ClassicLevel): void {
    if (this.#ranges.length === 0) return;
    this.#sweeping ??= this.#sweep(db).finally(() => (this.#sweeping = undefined));
  }

  /** Resolves when nothing is under way; the store may be closed then. */
  async pause(): Promise<void> {
    this.#paused = true;
    await this.#sweeping;
    this.#paused = false;
  }

  /** Ends early when the store fails: the next write finds that out, and begins again. */
  async #sweep(db: ClassicLevel): Promise<void> {
    try {
      for (let range = this.#ranges[0]; range !== undefined; range = this.#ranges[0]) {
        for (;;) {
          if (this.#paused) return;
          const keys = await db.keys({ ...range, limit: atOnce }).all();
          if (keys.length === 0) break;
          const batch = db.batch();
          for (const key of keys) batch.del(key);
          await batch.write();
        }
        this.#ranges.shift();
      }
    } catch {
      // Left for another time.
    }
  }
}
