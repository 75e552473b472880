/**
 * The frames of one client on their way to the hub. They come by requests, which end when the hub has taken them: while
 * the hub reads no further, they wait here, as many as may. It knows neither requests nor what is in a frame.
 */

export type Frame = string | Uint8Array;

interface Waiting {
  readonly frame: Frame;
  readonly taken: (taken: boolean) => void;
}

export class FrameInbox {
  readonly #maxWaiting: number;
  readonly #waiting: Waiting[] = [];
  #listener: ((frame: Frame) => void) | undefined;
  #paused = false;
  #over = false;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  listen(listener: (frame: Frame) => void): void {
    this.#listener = listener;
  }

  /** Whether another frame would be one too many. */
  get full(): boolean {
    return this.#waiting.length >= this.#maxWaiting;
  }

  /** Hands a frame on in its turn. Resolves with whether it was taken: not when the line ends before. */
  receive(frame: Frame): Promise<boolean> {
    if (this.#over) return Promise.resolve(false);
    return new Promise((taken) => {
      this.#waiting.push({ frame, taken });
      this.#handOn();
    });
  }

  pause(): void {
    this.#paused = true;
  }

  /** Goes on, after the call that asks for it has returned. */
  resume(): void {
    this.#paused = false;
    queueMicrotask(() => this.#handOn());
  }

  /** Takes nothing any more. */
  end(): void {
    this.#over = true;
    for (const { taken } of this.#waiting.splice(0)) taken(false);
  }

  #handOn(): void {
    while (!this.#paused && !this.#over) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#listener?.(next.frame);
      next.taken(true);
    }
  }
}
