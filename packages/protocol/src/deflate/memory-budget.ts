/**
 * Memory that many share, counted by those who take it.
 *
 * Three kinds ask. Who can do without is told yes or no. Who cannot waits in line; one of these always gets what it
 * asks for, however much that is, so that the line moves. Who would wait for a peer to let go is never kept waiting, and only
 * leaves less for the others.
 */
export class MemoryBudget {
  readonly #limitBytes: number;
  readonly #line: Request[] = [];
  #usedBytes = 0;
  /** Requests that were granted and whose memory has not been given back. */
  #granted = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** What has been taken and not been given back. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Takes memory if there is enough. */
  tryTake(byteLength: number): boolean {
    if (this.#usedBytes + byteLength > this.#limitBytes) return false;
    this.#usedBytes += byteLength;
    return true;
  }

  /** Takes memory whether there is enough or not. */
  take(byteLength: number): void {
    this.#usedBytes += byteLength;
  }

  /** Gives back what {@link tryTake} or {@link take} has taken. */
  give(byteLength: number): void {
    this.#usedBytes -= byteLength;
    this.#moveOn();
  }

  /** Calls `run`, at once or when those before have given back enough; it gives its memory back by calling `release`. */
  whenFree(byteLength: number, run: (release: () => void) => void): void {
    this.#line.push({ byteLength, run });
    this.#moveOn();
  }

  #moveOn(): void {
    for (let next = this.#line[0]; next !== undefined; next = this.#line[0]) {
      if (this.#granted > 0 && this.#usedBytes + next.byteLength > this.#limitBytes) return;
      this.#line.shift();
      this.#grant(next);
    }
  }

  #grant({ byteLength, run }: Request): void {
    this.#granted += 1;
    this.#usedBytes += byteLength;
    run(() => {
      this.#granted -= 1;
      this.give(byteLength);
    });
  }
}

interface Request {
  readonly byteLength: number;
  readonly run: (release: () => void) => void;
}
