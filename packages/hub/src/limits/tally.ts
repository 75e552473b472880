/** Counts by key up to a limit: connections of each user, and of each address. What is not there costs nothing. */

export class Tally {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  /** With a `max` of 0 there is no limit, and nothing is counted. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Counts one more; false when there are as many as may be, and then nothing is counted. */
  add(key: string): boolean {
    if (this.#max === 0) return true;
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.#max) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  /** The opposite of an `add` that was true. */
  remove(key: string): void {
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }
}
