/**
 * When things end: one queue and one timer for everything that is forgotten, or told, in its time. Putting an end
 * off, which happens with each publication, costs a write to a map and nothing in the queue: an entry that comes up too
 * early goes back to its new place.
 */

import type { Cancel, Clock } from "./ports/clock.ts";

/** Something that ends, perhaps in several steps. */
export interface Expiring {
  /** Its time has come; returns when it comes again, or nothing when that was all. */
  expire(now: number): number | undefined;
}

interface Entry {
  readonly at: number;
  readonly what: Expiring;
}

/** Timers of platforms overflow at 2³¹ ms, and a clock may be set: no wait is longer than this. */
const longestWaitMs = 3_600_000;

export class ExpiryQueue {
  readonly #clock: Clock;
  readonly #deadlines = new Map<Expiring, number>();
  /** A binary heap, the earliest first; may hold entries that are out of date. */
  #heap: Entry[] = [];
  #timer: { readonly at: number; readonly cancel: Cancel } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Has `what` expire at `at`, in place of any other time. */
  set(what: Expiring, at: number): void {
    const before = this.#deadlines.get(what);
    this.#deadlines.set(what, at);
    if (before === undefined || at < before) {
      this.#push({ at, what });
      this.#schedule();
    }
  }

  delete(what: Expiring): void {
    this.#deadlines.delete(what);
    if (this.#heap.length > 2 * this.#deadlines.size + 64) this.#rebuild();
  }

  /** Forgets everything. */
  stop(): void {
    this.#deadlines.clear();
    this.#heap = [];
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #run(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      const { at, what } = first;
      this.#pop();
      const deadline = this.#deadlines.get(what);
      if (deadline === undefined) continue;
      if (deadline > at) {
        this.#push({ at: deadline, what });
        continue;
      }
      this.#deadlines.delete(what);
      const next = what.expire(now);
      if (next !== undefined) this.set(what, next);
    }
    this.#schedule();
  }

  #schedule(): void {
    const first = this.#heap[0];
    if (first === undefined || (this.#timer !== undefined && this.#timer.at <= first.at)) return;
    this.#timer?.cancel();
    const waitMs = Math.max(0, Math.min(first.at - this.#clock.now(), longestWaitMs));
    this.#timer = { at: first.at, cancel: this.#clock.schedule(() => this.#run(), waitMs) };
  }

  #rebuild(): void {
    this.#heap = [];
    for (const [what, at] of this.#deadlines) this.#push({ at, what });
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= entry.at) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const moved = heap.pop();
    if (moved === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const right = heap[child + 1];
      let below = heap[child];
      if (right !== undefined && below !== undefined && right.at < below.at) {
        child += 1;
        below = right;
      }
      if (below === undefined || below.at >= moved.at) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = moved;
  }
}
