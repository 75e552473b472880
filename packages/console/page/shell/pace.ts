/** Keeps work that is asked for often to a pace: it is done at once, and then no more than once in a while, never left out. */
export class Pace {
  readonly #work: () => void;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDue = false;

  constructor(work: () => void, everyMs: number) {
    this.#work = work;
    this.#everyMs = everyMs;
  }

  ask(): void {
    this.#isDue = true;
    if (this.#timer === undefined) this.#go();
  }

  /** What is due is not done any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isDue = false;
  }

  #go(): void {
    this.#timer = undefined;
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#timer = setTimeout(() => this.#go(), this.#everyMs);
    this.#work();
  }
}
