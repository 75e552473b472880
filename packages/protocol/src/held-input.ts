/**
 * What arrives on a connection while it cannot be read: copied, in order, and the end of the transport behind it.
 *
 * The adapter is asked to stop reading at once, so this is what was on its way: little more than one read.
 */
import { emptyList, withLast } from "./empty-list.ts";
import type { Platform } from "./platform.ts";

export class HeldInput {
  readonly #platform: Platform;
  #chunks: Uint8Array[] = emptyList;
  #end: (() => void) | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** What is to be done when all is taken. */
  set end(end: () => void) {
    this.#end = end;
  }

  add(chunk: Uint8Array): void {
    this.#chunks = withLast(this.#chunks, this.#copy(chunk));
  }

  /** The rest of a chunk that has been read in part. */
  addFirst(chunk: Uint8Array): void {
    this.#chunks = [this.#copy(chunk), ...this.#chunks];
  }

  take(): Uint8Array | undefined {
    return this.#chunks.shift();
  }

  takeEnd(): (() => void) | undefined {
    const end = this.#end;
    this.#end = undefined;
    return end;
  }

  /** Forgets the bytes; the end of the transport is none. */
  clear(): void {
    this.#chunks = emptyList;
  }

  #copy(chunk: Uint8Array): Uint8Array {
    const copy = this.#platform.allocate(chunk.byteLength);
    copy.set(chunk);
    return copy;
  }
}
