/**
 * Turns: what is asked for one channel happens in the order in which it was asked, one step after the other, and channels
 * do not wait for each other. While a step is under way the next ones gather, and those that go together become one step:
 * so a channel's throughput does not depend on how long a round trip takes.
 */

/** Something that waits for its turn. */
export interface Task {
  /** Tasks that follow each other with equal values go together. */
  readonly kind: string;
  /** About how long it is. */
  readonly bytes: number;
  reject(reason: unknown): void;
}

export interface LanesSetup<Work extends Task> {
  /** Carries out tasks of one kind, and settles each. What it throws, those are rejected with that it has not settled. */
  readonly run: (channel: string, tasks: readonly Work[]) => Promise<void>;
  /** Bytes of the tasks of a step at most, unless a single one is longer. */
  readonly maxStepBytes: () => number;
  /** Bytes that may wait; more are refused. */
  readonly maxWaitingBytes: number;
}

/** What a task costs while it waits, besides its bytes. */
const overheadBytes = 256;

export class Lanes<Work extends Task> {
  readonly #setup: LanesSetup<Work>;
  readonly #lanes = new Map<string, Work[]>();
  #waitingBytes = 0;

  constructor(setup: LanesSetup<Work>) {
    this.#setup = setup;
  }

  add(channel: string, task: Work): void {
    const weight = weightOf(task);
    if (this.#waitingBytes + weight > this.#setup.maxWaitingBytes) {
      task.reject(new Error("Too much waits for NATS"));
      return;
    }
    this.#waitingBytes += weight;
    const lane = this.#lanes.get(channel);
    if (lane !== undefined) {
      lane.push(task);
      return;
    }
    this.#lanes.set(channel, [task]);
    // What is asked for in the same turn of the event loop goes with it.
    queueMicrotask(() => void this.#drain(channel));
  }

  async #drain(channel: string): Promise<void> {
    for (let lane = this.#lanes.get(channel); lane !== undefined; lane = this.#lanes.get(channel)) {
      const step = this.#takeStep(lane);
      if (step.length === 0) {
        this.#lanes.delete(channel);
        return;
      }
      try {
        await this.#setup.run(channel, step);
      } catch (error) {
        for (const task of step) task.reject(error);
      }
    }
  }

  #takeStep(lane: Work[]): readonly Work[] {
    const kind = lane[0]?.kind;
    const maxBytes = this.#setup.maxStepBytes();
    let bytes = 0;
    let count = 0;
    for (const task of lane) {
      if (task.kind !== kind || (count > 0 && bytes + task.bytes > maxBytes)) break;
      bytes += task.bytes;
      count += 1;
      this.#waitingBytes -= weightOf(task);
    }
    return lane.splice(0, count);
  }
}

const weightOf = ({ bytes }: Task): number => bytes + overheadBytes;
