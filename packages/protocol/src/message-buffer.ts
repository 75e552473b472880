/**
 * Gathers a payload that comes in pieces. Memory grows with what has arrived, never with what a peer announced.
 */
import type { Platform } from "./platform.ts";

/** What the first piece gets at least, unless the whole is known to be smaller: little, for it costs a peer one byte. */
const firstBytes = 4 * 1024;
const growth = 4;

export class MessageBuffer {
  readonly #platform: Platform;
  #memory: Uint8Array | undefined;
  #byteLength = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * Copies `bytes[start, end)` to the end.
   *
   * @param expected how long the whole will be, or can be at most: memory never grows beyond what it needs for that
   */
  append(bytes: Uint8Array, range: { start: number; end: number; expected: number }): void {
    const piece = bytes.subarray(range.start, range.end);
    const needed = this.#byteLength + piece.byteLength;
    this.#ensure(needed, Math.max(needed, range.expected)).set(piece, this.#byteLength);
    this.#byteLength = needed;
  }

  /** What has been gathered, exactly as long as it is. It belongs to the caller; the buffer starts anew. */
  take(): Uint8Array {
    const memory = this.#memory ?? this.#platform.allocate(0);
    const byteLength = this.#byteLength;
    this.clear();
    if (memory.byteLength === byteLength) return memory;
    const exact = this.#platform.allocate(byteLength);
    exact.set(memory.subarray(0, byteLength));
    return exact;
  }

  /** What has been gathered as text, or `undefined` when it is not valid UTF-8. The buffer starts anew. */
  takeText(): string | undefined {
    const memory = this.#memory;
    const byteLength = this.#byteLength;
    this.clear();
    return memory === undefined ? "" : this.#platform.decodeUtf8(memory, 0, byteLength);
  }

  /** Forgets everything. */
  clear(): void {
    this.#memory = undefined;
    this.#byteLength = 0;
  }

  #ensure(needed: number, expected: number): Uint8Array {
    const memory = this.#memory;
    if (memory !== undefined && memory.byteLength >= needed) return memory;
    const comfortable = Math.max(needed, firstBytes, (memory?.byteLength ?? 0) * growth);
    const grown = this.#platform.allocate(Math.min(expected, comfortable));
    if (memory !== undefined) grown.set(memory.subarray(0, this.#byteLength));
    this.#memory = grown;
    return grown;
  }
}
