/**
 * Sends outside of a read, gathered until the end of the turn: however many messages go to a connection, from however
 * many callers, it is written to once.
 *
 * The turn ends after all sockets that were ready have been read (setImmediate), not at the next microtask: handlers
 * that await something send in microtasks of their own, and would cause one write each. Where the process ends before the
 * turn does, what was sent is written at its exit.
 */
import process from "node:process";
import { surface } from "./listeners.ts";

export interface Flushable {
  flush(): void;
}

export class FlushBatch {
  #waiting: Flushable[] = [];
  #spare: Flushable[] = [];
  /** Who is read from, and flushes by itself at the end of it. */
  #reading: Flushable | undefined;
  readonly #onTurnEnd = (): void => this.#run();

  /** Calls `member.flush` at the end of the turn. The caller adds itself only once per turn. */
  add(member: Flushable): void {
    this.#waiting.push(member);
    if (this.#waiting.length === 1) setImmediate(this.#onTurnEnd);
  }

  /** `member` is at work on what was read. Returns who was before it, for {@link endRead}. */
  beginRead(member: Flushable): Flushable | undefined {
    const outer = this.#reading;
    this.#reading = member;
    return outer;
  }

  endRead(outer: Flushable | undefined): void {
    this.#reading = outer;
  }

  /** Flushes all, those in the middle of a read too: neither its end nor the turn's will come. */
  flushAtExit(): void {
    if (this.#reading !== undefined) this.#waiting.push(this.#reading);
    this.#run();
  }

  #run(): void {
    const members = this.#waiting;
    this.#waiting = this.#spare;
    for (const member of members) {
      try {
        member.flush();
      } catch (error) {
        // One connection's fault must not cost the others their turn.
        surface(error);
      }
    }
    members.length = 0;
    this.#spare = members;
  }
}

/** The batch that all connections of this process share. */
export const sharedFlushBatch = new FlushBatch();

process.once("exit", () => {
  sharedFlushBatch.flushAtExit();
});
