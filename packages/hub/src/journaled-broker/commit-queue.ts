/**
 * Group commit: while one write is under way, what is asked for gathers, and goes into the next write together. What was
 * asked happens in memory, in the order in which it was asked, once its write is done; when that fails, it has not
 * happened. It knows no logs and no journal, only work with a plan.
 */

import { replyErrors } from "@tautline/wire";
import { refuse } from "../refusal.ts";
import type { Draft } from "./draft.ts";

/** One call of the broker's. */
export interface Work {
  readonly channel: string;
  /** About how much memory it holds. */
  readonly bytes: number;
  /** Says what it will change. Called once the work before it is done or in the same draft. */
  plan(draft: Draft): void;
  /** What was planned is written down: now it happens. */
  carryOut(): void;
  /** What was planned could not be written down, or could not happen. */
  fail(reason: unknown): void;
}

/** How a promise that stands for work is settled. */
export interface Settle<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

export interface CommitQueueSetup {
  readonly makeDraft: () => Draft;
  /** Writes the draft down. */
  readonly write: (draft: Draft) => Promise<void>;
  /** Bytes that may wait; what comes beyond it is refused. */
  readonly maxWaitingBytes: number;
}

/** One write holds no more work than this, in number and in bytes, so that no answer waits for all. */
const mostWork = 4096;
const mostBytes = 8_388_608;

export class CommitQueue {
  readonly #setup: CommitQueueSetup;
  #waiting: Work[] = [];
  #waitingBytes = 0;
  /** How much work there is for each channel, that under way included. */
  readonly #counts = new Map<string, number>();
  #running: Promise<void> | undefined;
  #onceMore = false;

  constructor(setup: CommitQueueSetup) {
    this.#setup = setup;
  }

  /** Whether there is work for the channel: what is asked of it now has to wait its turn. */
  has(channel: string): boolean {
    return this.#counts.has(channel);
  }

  /** @throws Refusal `tooManyRequests`, when more waits than may */
  add(work: Work): void {
    if (this.#waitingBytes + work.bytes > this.#setup.maxWaitingBytes && this.#waiting.length > 0) {
      throw refuse(replyErrors.tooManyRequests);
    }
    this.#waiting.push(work);
    this.#waitingBytes += work.bytes;
    this.#counts.set(work.channel, (this.#counts.get(work.channel) ?? 0) + 1);
    this.#running ??= this.#run();
  }

  /** Writes until nothing waits, at least once from now on. Never rejects. */
  settle(): Promise<void> {
    this.#onceMore = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    // What else is asked for in this turn goes along.
    await Promise.resolve();
    do {
      this.#onceMore = false;
      await this.#commit(this.#take());
    } while (this.#onceMore || this.#waiting.length > 0);
    // Here and not when the promise settles: what is added in between begins a run of its own.
    this.#running = undefined;
  }

  #take(): readonly Work[] {
    let bytes = 0;
    let count = 0;
    for (const work of this.#waiting) {
      if (count === mostWork || (count > 0 && bytes + work.bytes > mostBytes)) break;
      bytes += work.bytes;
      count += 1;
    }
    const taken = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    this.#waitingBytes -= bytes;
    return taken;
  }

  async #commit(works: readonly Work[]): Promise<void> {
    let failure: { readonly reason: unknown } | undefined;
    try {
      const draft = this.#setup.makeDraft();
      for (const work of works) work.plan(draft);
      await this.#setup.write(draft);
    } catch (reason) {
      failure = { reason };
    }
    for (const work of works) {
      // Counted until it is done: what its doing causes in the channel comes after what waits there.
      if (failure === undefined) carryOut(work);
      else work.fail(failure.reason);
      this.#done(work.channel);
    }
  }

  #done(channel: string): void {
    const count = (this.#counts.get(channel) ?? 1) - 1;
    if (count === 0) this.#counts.delete(channel);
    else this.#counts.set(channel, count);
  }
}

function carryOut(work: Work): void {
  try {
    work.carryOut();
  } catch (reason) {
    work.fail(reason);
  }
}
