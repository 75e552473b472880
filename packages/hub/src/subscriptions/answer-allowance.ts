/**
 * How many bytes of long answers a client may have under way: of what it missed, and of history. They come on top of
 * what a slow client may owe, because one answer may be longer than that; and they are bounded by themselves, because
 * a client could ask for many and read none. It counts, and knows neither answers nor sockets.
 */

export interface AnswerLimits {
  /** What answers may have under way. */
  readonly maxRecoveredBytes: number;
  /** What a client may owe besides. */
  readonly maxBufferedBytes: number;
}

export class AnswerAllowance {
  readonly #limits: AnswerLimits;
  readonly #bufferedBytes: () => number;
  /** Promised to answers that are not written yet. */
  #reserved = 0;
  /** Written since the client last owed no more than it may, and perhaps not yet read. */
  #written = 0;

  /** @param bufferedBytes what waits for the client now. */
  constructor(limits: AnswerLimits, bufferedBytes: () => number) {
    this.#limits = limits;
    this.#bufferedBytes = bufferedBytes;
  }

  /** Sets `bytes` aside for an answer; false when too much is under way. One answer alone always may be. */
  reserve(bytes: number): boolean {
    this.#excess();
    const before = this.#reserved + this.#written;
    const fits = before === 0 || before + bytes <= this.#limits.maxRecoveredBytes;
    if (bytes > 0 && !fits) return false;
    this.#reserved += bytes;
    return true;
  }

  /** The answer for which `bytes` were set aside is written, or will not be. */
  release(bytes: number): void {
    this.#reserved -= bytes;
  }

  /** An answer has made `bytes` more wait for the client. */
  wrote(bytes: number): void {
    this.#written += Math.max(0, bytes);
  }

  /** Whether more waits for the client than it may owe, answers apart. */
  get exceeded(): boolean {
    return this.#excess() > this.#written;
  }

  /** What waits beyond what a client may owe. */
  #excess(): number {
    const excess = this.#bufferedBytes() - this.#limits.maxBufferedBytes;
    if (excess <= 0) this.#written = 0;
    return excess;
  }
}
