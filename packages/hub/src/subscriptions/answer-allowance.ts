/**
 * How many bytes of long answers a client may have under way: of what it missed, and of history. They come on top of
 * what a slow client may owe, because one answer may be longer than that; and they are bounded by themselves, because
 * a client could ask for many and read none. It counts, and knows neither answers nor sockets.
 */

export class AnswerAllowance {
  readonly #maxBytes: number;
  /** Promised to answers that are not written yet. */
  #reserved = 0;
  /** Written, and perhaps not yet read. */
  #written = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Sets `bytes` aside for an answer; false when too much is under way. One answer alone always may be. */
  reserve(bytes: number): boolean {
    const before = this.#reserved + this.#written;
    if (before > 0 && before + bytes > this.#maxBytes) return false;
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

  /** Whether `bufferedBytes` is more than a client may owe, whose limit is `maxBufferedBytes` besides answers. */
  exceeded(bufferedBytes: number, maxBufferedBytes: number): boolean {
    if (bufferedBytes <= maxBufferedBytes) {
      this.#written = 0;
      return false;
    }
    return bufferedBytes > maxBufferedBytes + this.#written;
  }
}
