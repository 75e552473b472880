/**
 * Reads the wire format of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/) from bytes: tags, numbers
 * and lengths, none of which reaches beyond the part that is being read. It knows the grammar and nothing of messages.
 * Groups, which the third version of the language has no more, are refused.
 */

import { FrameFault } from "./frame-fault.ts";
import type { IntegerKind } from "./schema.ts";
import { readUtf8 } from "./utf8-bytes.ts";

/** How a value is written, in a tag's lowest three bits. */
export const wireTypes = Object.freeze({ varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 });

/** The high half of the largest and of the smallest 64-bit number that JavaScript holds exactly. */
const maxSafeHigh = 0x1f_ffff;
const minSafeHigh = 0xffe0_0000;

export class ProtobufReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Where the part ends that is being read. */
  #end: number;
  /** The halves of the number that was read last, each from 0 to 2³² − 1. */
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.length;
  }

  /** Whether the part is read to its end. */
  get done(): boolean {
    return this.#at === this.#end;
  }

  /** Begins the length-delimited part that comes next; gives what `leave` wants. */
  enter(): number {
    const length = this.#length();
    const outer = this.#end;
    this.#end = this.#at + length;
    return outer;
  }

  /** Goes on behind the part that has been read to its end. */
  leave(outer: number): void {
    this.#end = outer;
  }

  /** The next field's number, times eight, and its wire type. */
  tag(): number {
    this.#varint();
    if (this.#high !== 0 || this.#low < 8) throw this.#malformed("no field has this number");
    return this.#low;
  }

  /** Reads a number of the kind. Those of 32 bits may be written with their sign in 64, as the format says. */
  integer(kind: IntegerKind, name: string): number {
    this.#varint();
    const low = this.#low;
    const high = this.#high;
    if (kind === "uint32" && high === 0) return low;
    if (kind === "int32" && (high === 0 || high === 0xffff_ffff)) return low | 0;
    if (kind === "uint64" || kind === "int64") {
      if (high <= maxSafeHigh) return high * 2 ** 32 + low;
      const negative = (high - 2 ** 32) * 2 ** 32 + low;
      if (kind === "int64" && high >= minSafeHigh && Number.isSafeInteger(negative)) {
        return negative;
      }
    }
    throw new FrameFault("type", `"${name}" is no ${kind}`);
  }

  boolean(): boolean {
    this.#varint();
    return this.#low !== 0 || this.#high !== 0;
  }

  text(): string {
    const start = this.#begin();
    const text = readUtf8(this.#bytes, start, this.#at);
    if (text === undefined) throw this.#malformed("a text is no UTF-8");
    return text;
  }

  /** The bytes of the value that comes next, new. */
  bytes(): Uint8Array {
    const start = this.#begin();
    // Not `slice`: that of Node's Buffer, which frames may be, makes no copy.
    return new Uint8Array(this.#bytes.subarray(start, this.#at));
  }

  /** Steps over a value of the wire type. */
  skip(wireType: number): void {
    if (wireType === wireTypes.varint) this.#varint();
    else if (wireType === wireTypes.lengthDelimited) this.#begin();
    else if (wireType === wireTypes.fixed64) this.#step(8);
    else if (wireType === wireTypes.fixed32) this.#step(4);
    else throw this.#malformed("a group, or a wire type that there is not");
  }

  /** Steps over a length and what has it; gives where that begins. */
  #begin(): number {
    const length = this.#length();
    const start = this.#at;
    this.#at += length;
    return start;
  }

  /** Reads a length; what has it is all there. */
  #length(): number {
    this.#varint();
    if (this.#high !== 0 || this.#low > this.#end - this.#at) {
      throw this.#malformed("a length reaches beyond the end");
    }
    return this.#low;
  }

  #step(count: number): void {
    if (count > this.#end - this.#at) throw this.#malformed("a number has no end");
    this.#at += count;
  }

  /** Reads a number of up to 64 bits: seven in each byte, the lowest first, a set eighth bit for "more follows". */
  #varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at === this.#end) throw this.#malformed("a number has no end");
      const byte = Number(this.#bytes[this.#at]);
      this.#at += 1;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      // The fifth byte has bits of both halves.
      if (shift === 28) high |= bits >> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) {
        // Of the tenth byte only one bit is within 64.
        if (shift === 63 && byte > 1) break;
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw this.#malformed("a number is longer than 64 bits");
  }

  #malformed(what: string): FrameFault {
    return new FrameFault("malformed", `${what} at byte ${this.#at}`);
  }
}
