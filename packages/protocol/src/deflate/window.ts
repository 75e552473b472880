/**
 * The end of what a peer has sent, to which its next message may refer (RFC 7692 §7.2.2: the LZ77 sliding window).
 *
 * It is kept as bytes, not as a decompressor: an idle connection holds no more than it has received.
 */
import type { Platform } from "../platform.ts";

/** First memory for a window that is not full yet, unless its first message is longer. */
const firstBytes = 256;

export class Window {
  readonly #platform: Platform;
  readonly #size: number;
  #memory: Uint8Array = new Uint8Array(0);
  #byteLength = 0;

  constructor(platform: Platform, windowBits: number) {
    this.#platform = platform;
    this.#size = 2 ** windowBits;
  }

  /** What the next message may refer to. A view: good until {@link append}. */
  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#byteLength);
  }

  /** Moves on by `message`. */
  append(message: Uint8Array): void {
    const tail = message.subarray(Math.max(0, message.byteLength - this.#size));
    const kept = Math.min(this.#byteLength, this.#size - tail.byteLength);
    const memory = this.#roomFor(kept + tail.byteLength);
    memory.set(this.#memory.subarray(this.#byteLength - kept, this.#byteLength));
    memory.set(tail, kept);
    this.#memory = memory;
    this.#byteLength = kept + tail.byteLength;
  }

  #roomFor(byteLength: number): Uint8Array {
    if (byteLength <= this.#memory.byteLength) return this.#memory;
    const comfortable = Math.max(byteLength, firstBytes, this.#byteLength * 2);
    return this.#platform.allocate(Math.min(comfortable, this.#size));
  }
}
