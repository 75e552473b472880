/**
 * UTF-8 as it arrives (RFC 6455 §8.1, RFC 3629 §4): tells with each piece of a text whether it can still become valid.
 *
 * Characters that are cut by the border of two pieces are checked here, byte by byte; what lies between the borders is
 * checked by the platform, which is many times faster.
 */
import type { Platform } from "./platform.ts";

/** Below this many bytes, asking the platform costs more than it saves. */
const platformFromBytes = 32;

export class Utf8Validator {
  readonly #platform: Platform;
  /** Continuation bytes that the current character still needs. */
  #needed = 0;
  /** Bounds of the next continuation byte; narrower than 80–BF after E0, ED, F0 and F4 (RFC 3629 §4). */
  #low = 0x80;
  #high = 0xbf;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Whether no character is cut at the end of what has been taken. */
  get complete(): boolean {
    return this.#needed === 0;
  }

  /** Takes the next bytes of the text, or the first ones behind a whole text; false when it can no longer become valid. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < platformFromBytes) return this.#step(bytes, start, end);
    const whole = Math.min(start + this.#needed, end);
    if (!this.#step(bytes, start, whole)) return false;
    const cut = lastCharacterCut(bytes, end);
    return this.#platform.isUtf8(bytes, whole, cut) && this.#step(bytes, cut, end);
  }

  #step(bytes: Uint8Array, start: number, end: number): boolean {
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (this.#needed > 0) {
        if (byte < this.#low || byte > this.#high) return false;
        this.#low = 0x80;
        this.#high = 0xbf;
        this.#needed -= 1;
      } else if (byte > 0x7f && !this.#lead(byte)) {
        return false;
      }
    }
    return true;
  }

  #lead(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    if (byte < 0xe0) this.#needed = 1;
    else if (byte < 0xf0) this.#needed = 2;
    else this.#needed = 3;
    if (byte === 0xe0) this.#low = 0xa0;
    else if (byte === 0xed) this.#high = 0x9f;
    else if (byte === 0xf0) this.#low = 0x90;
    else if (byte === 0xf4) this.#high = 0x8f;
    return true;
  }
}

/** Where a character begins that `end` cuts, or `end` when it cuts none. At least four bytes stand before `end`. */
function lastCharacterCut(bytes: Uint8Array, end: number): number {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[end - back]!;
    if (byte >= 0xc0) return byte >= lowestLead[back]! ? end - back : end;
  }
  return end;
}

/** The lowest lead byte of characters that are longer than the index. */
const lowestLead = [0, 0xc0, 0xe0, 0xf0];
