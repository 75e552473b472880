/**
 * Payloads of pings that came while the peer did not read, to be answered with the next batch. Only the latest are kept:
 * a pong for the last ping answers those before it too (RFC 6455 §5.5.3).
 */
export class PendingPongs {
  readonly #most: number;
  #payloads: Uint8Array[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get waiting(): boolean {
    return this.#payloads.length > 0;
  }

  add(payload: Uint8Array): void {
    this.#payloads.push(payload.slice());
    if (this.#payloads.length > this.#most) this.#payloads.shift();
  }

  /** All of them, oldest first. */
  take(): readonly Uint8Array[] {
    const payloads = this.#payloads;
    this.#payloads = [];
    return payloads;
  }
}
