/**
 * Events one at a time, each in a turn of the event loop of its own, for those who set `allowSynchronousEvents` to
 * false: what a listener does asynchronously after one event is done before the next.
 */
export class EventLine {
  #line: (() => void)[] = [];
  #running = false;

  /** Whether something waits for its turn. */
  get waiting(): boolean {
    return this.#line.length > 0;
  }

  /** Does `event` in its turn. */
  add(event: () => void): void {
    this.#line.push(event);
    if (this.#running) return;
    this.#running = true;
    setImmediate(this.#next);
  }

  readonly #next = (): void => {
    const event = this.#line.shift();
    if (this.#line.length > 0) setImmediate(this.#next);
    else this.#running = false;
    event?.();
  };
}
