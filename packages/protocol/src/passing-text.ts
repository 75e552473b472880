/**
 * A text that is being received, and the bytes that it came as: who sends it on within the call, to one connection or to
 * many, has those bytes copied and nothing encoded.
 */

/** Below this many bytes, encoding costs no more than looking here. */
const passedFromBytes = 64;

export class PassingText {
  #text: string | undefined;
  #bytes: Uint8Array | undefined;
  #start = 0;
  #end = 0;

  /** `text` is what `bytes[start, end)` says; until {@link leave} the bytes stay as they are. */
  enter(
    text: string,
    bytes: Uint8Array,
    { start, end }: { readonly start: number; readonly end: number },
  ): void {
    if (end - start < passedFromBytes) return;
    this.#text = text;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  leave(): void {
    this.#text = undefined;
    this.#bytes = undefined;
  }

  /** The bytes of `text`, if it is the one that is passing. They are there to be copied. */
  bytesOf(text: string): Uint8Array | undefined {
    return text === this.#text ? this.#bytes!.subarray(this.#start, this.#end) : undefined;
  }
}
