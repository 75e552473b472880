/**
 * Writes the wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/) from its end to its
 * beginning: the length of a part is known when it is to be written, and nothing is measured twice or moved.
 */

import { utf8Length } from "./text-length.ts";
import { writeUtf8 } from "./utf8-bytes.ts";

const firstBytes = 128;

export class ProtobufWriter {
  #bytes = new Uint8Array(firstBytes);
  /** What is written begins here. */
  #at = firstBytes;

  /** How many bytes are written. */
  get byteLength(): number {
    return this.#bytes.length - this.#at;
  }

  /** What is written; nothing more may be written after it. */
  finish(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  /** The tag of a field, in front of its value. */
  tag(number: number, wireType: number): void {
    this.integer(number * 8 + wireType);
  }

  /** A safe integer. A negative one takes ten bytes, its two's complement in 64 bits. */
  integer(value: number): void {
    let high = Math.floor(value / 2 ** 32);
    let low = value - high * 2 ** 32;
    high >>>= 0;
    const length = varintLength(low, high);
    let at = this.#before(length);
    for (let rest = length; rest > 1; rest -= 1) {
      this.#bytes[at] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
      at += 1;
    }
    this.#bytes[at] = low;
  }

  text(value: string): void {
    const at = this.#before(utf8Length(value));
    writeUtf8(value, this.#bytes, at);
  }

  bytes(value: Uint8Array): void {
    const at = this.#before(value.length);
    this.#bytes.set(value, at);
  }

  /** Makes room for `count` bytes in front of what is written; gives where they begin. */
  #before(count: number): number {
    if (count > this.#at) {
      const written = this.finish();
      const length = Math.max(this.#bytes.length * 2, written.length + count);
      this.#bytes = new Uint8Array(length);
      this.#bytes.set(written, length - written.length);
      this.#at = length - written.length;
    }
    this.#at -= count;
    return this.#at;
  }
}

/** How many groups of seven bits the number has that consists of two halves of 32 bits. */
function varintLength(low: number, high: number): number {
  const bits = high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high);
  return Math.max(1, Math.ceil(bits / 7));
}
