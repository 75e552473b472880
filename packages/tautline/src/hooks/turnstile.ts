/** So many may be in at once, and so many may wait for their turn; whoever comes beyond that is turned away at once. */

/** Makes room for the next; to be called once. */
export type Leave = () => void;

export class Turnstile {
  readonly #maxInside: number;
  readonly #maxWaiting: number;
  readonly #waiting: ((leave: Leave) => void)[] = [];
  #inside = 0;

  constructor(maxInside: number, maxWaiting: number) {
    this.#maxInside = maxInside;
    this.#maxWaiting = maxWaiting;
  }

  /** Resolves when it is one's turn; `undefined` when too many wait. */
  enter(): Promise<Leave> | undefined {
    if (this.#inside < this.#maxInside) {
      this.#inside += 1;
      return Promise.resolve(() => this.#leave());
    }
    if (this.#waiting.length >= this.#maxWaiting) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inside -= 1;
    else next(() => this.#leave());
  }
}
