/**
 * Deadlines of all connections on one timer.
 *
 * A connection says when it wants to be woken and is woken not before that; ten thousand heartbeats cost one system
 * timer and one comparison per message. Wishes that move later are not moved in the queue: the holder is woken at
 * the old time and says the new one. The timer never keeps the process alive, because whoever waits here holds a
 * socket, and that does.
 */
export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Calls `callback` once after about `delayMs`, without keeping the process alive. */
  schedule(callback: () => void, delayMs: number): CancelSchedule;
}

export type CancelSchedule = () => void;

/** Who is woken. */
export interface Sleeper {
  wake(now: number): void;
}

class Entry implements Deadline {
  readonly queue: Movable;
  readonly sleeper: Sleeper;
  /** Means nothing while it has no place. */
  at = 0;
  /** Its place in the heap, or −1. */
  index = -1;

  constructor(queue: Movable, sleeper: Sleeper) {
    this.queue = queue;
    this.sleeper = sleeper;
  }

  move(at: number): void {
    this.queue.moveEntry(this, at);
  }
}

/** Where entries are moved. */
interface Movable {
  moveEntry(entry: Entry, at: number): void;
}

/** One holder's place in the queue. */
export interface Deadline {
  /** Asks to be woken at `at` milliseconds of the queue's clock, or never with `Infinity`. */
  move(at: number): void;
}

/** setTimeout cannot wait longer than this many milliseconds (about 25 days). */
const longestDelayMs = 2 ** 31 - 1;

export const monotonicClock: Clock = Object.freeze({
  now(): number {
    // In whole milliseconds: a fraction would be a number object of its own wherever it is kept.
    return Math.floor(performance.now());
  },
  schedule(callback: () => void, delayMs: number): CancelSchedule {
    let immediate: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      // Sockets that are ready are read first. When this process has stalled, what peers said meanwhile waits there,
      // and their silence would be our own.
      immediate = setImmediate(callback);
    }, delayMs);
    timer.unref();
    return () => {
      clearTimeout(timer);
      clearImmediate(immediate);
    };
  },
});

export class DeadlineQueue implements Movable {
  readonly #clock: Clock;
  /** A binary heap, the earliest first. */
  readonly #heap: Entry[] = [];
  #cancel: CancelSchedule | undefined;
  #scheduledAt = Infinity;

  constructor(clock: Clock = monotonicClock) {
    this.#clock = clock;
  }

  /** A deadline for `sleeper`, not set yet. */
  open(sleeper: Sleeper): Deadline {
    return new Entry(this, sleeper);
  }

  /** How many deadlines are set. */
  get size(): number {
    return this.#heap.length;
  }

  /** For {@link Entry.move}. */
  moveEntry(entry: Entry, at: number): void {
    if (at === Infinity) {
      if (entry.index >= 0) this.#remove(entry);
      return;
    }
    if (entry.index >= 0 && at >= entry.at) return;
    entry.at = at;
    if (entry.index < 0) {
      entry.index = this.#heap.length;
      this.#heap.push(entry);
    }
    this.#rise(entry);
    this.#arm();
  }

  #remove(entry: Entry): void {
    const last = this.#heap.pop();
    if (last !== undefined && last !== entry) {
      this.#place(last, entry.index);
      this.#rise(last);
      this.#sink(last);
    }
    entry.index = -1;
    if (this.#heap.length === 0) this.#disarm();
  }

  #place(entry: Entry, index: number): void {
    this.#heap[index] = entry;
    entry.index = index;
  }

  #rise(entry: Entry): void {
    for (;;) {
      if (entry.index === 0) return;
      const parent = this.#heap[(entry.index - 1) >> 1];
      if (parent === undefined || parent.at <= entry.at) return;
      this.#swap(parent, entry);
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#heap[entry.index * 2 + 1];
      const right = this.#heap[entry.index * 2 + 2];
      if (left === undefined) return;
      const child = right !== undefined && right.at < left.at ? right : left;
      if (child.at >= entry.at) return;
      this.#swap(entry, child);
    }
  }

  #swap(upper: Entry, lower: Entry): void {
    const index = upper.index;
    this.#place(upper, lower.index);
    this.#place(lower, index);
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || first.at >= this.#scheduledAt) return;
    this.#disarm();
    this.#scheduledAt = first.at;
    const delayMs = Math.max(0, Math.ceil(first.at - this.#clock.now()));
    this.#cancel = this.#clock.schedule(() => this.#fire(), Math.min(delayMs, longestDelayMs));
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#scheduledAt = Infinity;
  }

  #fire(): void {
    this.#cancel = undefined;
    this.#scheduledAt = Infinity;
    const now = this.#clock.now();
    // All that are due are taken out first: one that asks to be woken at once again waits for the next round.
    const due: Entry[] = [];
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > now) break;
      this.#remove(first);
      due.push(first);
    }
    for (const entry of due) entry.sleeper.wake(now);
    this.#arm();
  }
}

/** The queue that all connections of this process share. */
export const sharedDeadlines = new DeadlineQueue();
