/**
 * Sends outside of a read, gathered until the end of the turn: however many messages go to a connection, from however
 * many callers, it is written to once.
 *
 * The turn ends after all sockets that were ready have been read (setImmediate), not at the next microtask: handlers
 * that await something send in microtasks of their own, and would cause one write each.
 */
import { surface } from "./listeners.ts";

export interface Flushable {
  flush(): void;
}

export class FlushBatch {
  #waiting: Flushable[] = [];
  #spare: Flushable[] = [];
  readonly #onTurnEnd = (): void => this.#run();

  /** Calls `member.flush` at the end of the turn. The caller adds itself only once per turn. */
  add(member: Flushable): void {
    this.#waiting.push(member);
    if (this.#waiting.length === 1) setImmediate(this.#onTurnEnd);
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
