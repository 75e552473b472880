/**
 * The tasks of one socket on the event loop, in order, and never within the call that queues them.
 *
 * The WHATWG standard queues a task for everything that a connection tells its socket, so that promises of one event's
 * listeners settle before the next event. A `setImmediate` each is what Node.js has for that.
 */
export class TaskQueue {
  #pending = 0;

  /** Whether no task waits or runs. */
  get idle(): boolean {
    return this.#pending === 0;
  }

  queue(task: () => void): void {
    this.#pending += 1;
    setImmediate(() => {
      try {
        task();
      } finally {
        this.#pending -= 1;
      }
    });
  }
}
