/**
 * One form in which a message that goes to many is sent: made once, by whoever needs it first.
 */
export class PreparedEncoding {
  #started = false;
  #frame: Uint8Array | undefined;
  #waiting: (() => void)[] = [];

  /** Whether somebody makes it or has made it. */
  get started(): boolean {
    return this.#started;
  }

  /** The whole unmasked frame, once it is made. Not to be changed. */
  get frame(): Uint8Array | undefined {
    return this.#frame;
  }

  /** The caller makes it from now on. */
  start(): void {
    this.#started = true;
  }

  /** It is made. */
  finish(frame: Uint8Array): void {
    this.#started = true;
    this.#frame = frame;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const tell of waiting) tell();
  }

  /** Calls `tell` when it is made. */
  whenFinished(tell: () => void): void {
    this.#waiting.push(tell);
  }
}
