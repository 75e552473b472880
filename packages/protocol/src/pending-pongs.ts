/**
 * Payloads of pings that came while the peer did not read, to be answered with the next batch. Only the latest are kept:
 * a pong for the last ping answers those before it too (RFC 6455 §5.5.3).
 */
import { emptyList, withLast } from "./empty-list.ts";

export class PendingPongs {
  readonly #most: number;
  #payloads: Uint8Array[] = emptyList;

  constructor(most: number) {
    this.#most = most;
  }

  get waiting(): boolean {
    return this.#payloads.length > 0;
  }

  add(payload: Uint8Array): void {
    this.#payloads = withLast(this.#payloads, payload.slice());
    if (this.#payloads.length > this.#most) this.#payloads.shift();
  }

  /** All of them, oldest first. */
  take(): readonly Uint8Array[] {
    const payloads = this.#payloads;
    this.#payloads = emptyList;
    return payloads;
  }
}
