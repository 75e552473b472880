/**
 * The order of a client's commands. Commands on one channel run one after the other, in the order in which they came;
 * different channels do not wait for each other. It does not know what the commands do.
 */

/** Work that reports its own failures: it never throws and never rejects. */
export type Task = () => Promise<void>;

export class Lanes {
  readonly #waiting = new Map<string, Task[]>();
  readonly #onDone: () => void;
  /** Called by `clear`: who waits for an outcome. */
  readonly #givenUp = new Set<() => void>();
  #pending = 0;

  /** `onDone` is called after each task. */
  constructor(onDone: () => void) {
    this.#onDone = onDone;
  }

  /** How many tasks are under way or waiting. */
  get pending(): number {
    return this.#pending;
  }

  /** Runs `task` when all tasks given before for the same lane are done, at once when there are none. */
  run(lane: string, task: Task): void {
    this.#pending += 1;
    const waiting = this.#waiting.get(lane);
    if (waiting === undefined) void this.#runAll(lane, task);
    else waiting.push(task);
  }

  /** Runs `task` at once, beside all lanes. */
  runBeside(task: Task): void {
    this.#pending += 1;
    void task().then(() => this.#done());
  }

  /** Runs `task` as `run` does; resolves and rejects as it does, or with `undefined` when `clear` comes before. */
  call<Outcome>(lane: string, task: () => Promise<Outcome>): Promise<Outcome | undefined> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => resolve(undefined);
      this.#givenUp.add(giveUp);
      this.run(lane, async () => {
        try {
          resolve(await task());
        } catch (error) {
          reject(error);
        }
        this.#givenUp.delete(giveUp);
      });
    });
  }

  /** Forgets the tasks that have not begun, and waits for none any more. */
  clear(): void {
    for (const giveUp of this.#givenUp) giveUp();
    for (const waiting of this.#waiting.values()) {
      this.#pending -= waiting.length;
      waiting.length = 0;
    }
  }

  #done(): void {
    this.#pending -= 1;
    this.#onDone();
  }

  async #runAll(lane: string, first: Task): Promise<void> {
    const waiting: Task[] = [];
    // Before the first task begins: what it starts on the same lane has to wait for it.
    this.#waiting.set(lane, waiting);
    for (let task: Task | undefined = first; task !== undefined; task = waiting.shift()) {
      await task();
      this.#done();
    }
    this.#waiting.delete(lane);
  }
}
