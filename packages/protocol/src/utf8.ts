/**
 * UTF-8 as it arrives (RFC 6455 §8.1, RFC 3629 §4): tells at the first wrong byte, across any split of the text,
 * that it is not UTF-8. Overlong forms, surrogates and code points above U+10FFFD's plane are wrong.
 */
export class Utf8Validator {
  /** Continuation bytes that the current character still needs. */
  #needed = 0;
  /** Bounds of the next continuation byte; narrower than 80–BF after E0, ED, F0 and F4 (RFC 3629 §4). */
  #low = 0x80;
  #high = 0xbf;

  /** Starts a new text. */
  reset(): void {
    this.#needed = 0;
    this.#low = 0x80;
    this.#high = 0xbf;
  }

  /** Takes the next bytes of the text; false when it can no longer become valid. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
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
