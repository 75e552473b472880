/**
 * Gathers a payload that comes in pieces. Memory grows with what has arrived, never with what a peer announced.
 */
import type { Platform } from "./platform.ts";

/** What the first piece gets at least, unless the whole is known to be smaller: little, for it costs a peer one byte. */
const firstBytes = 4 * 1024;

/** How many times as much memory is taken as has arrived, at most: each time that it grows, what is there is copied. */
const growth = 8;

/** Less than this is not worth a read of its own. */
const leastRoomBytes = 16 * 1024;

export class MessageBuffer {
  readonly #platform: Platform;
  #memory: Uint8Array | undefined;
  #byteLength = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * Adds `bytes[start, end)` at the end: copies them, unless they have been read into {@link room}.
   *
   * @param expected how long the whole will be, or can be at most: memory never grows beyond what it needs for that
   */
  append(bytes: Uint8Array, range: { start: number; end: number; expected: number }): void {
    const { start, end } = range;
    const at = this.#byteLength;
    this.#byteLength += end - start;
    if (this.#isPlace(at, bytes, start)) return;
    const memory = this.#ensure(at, Math.max(this.#byteLength, range.expected));
    memory.set(bytes.subarray(start, end), at);
  }

  /** Memory behind what has been gathered, for at most `byteLength` bytes more. None where there is little. */
  room(byteLength: number): Uint8Array | undefined {
    const memory = this.#memory;
    if (memory === undefined) return undefined;
    const end = Math.min(memory.byteLength, this.#byteLength + byteLength);
    if (end - this.#byteLength < leastRoomBytes) return undefined;
    return memory.subarray(this.#byteLength, end);
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

  /** Whether `bytes[start]` is the very byte that is gathered at `at`. */
  #isPlace(at: number, bytes: Uint8Array, start: number): boolean {
    const memory = this.#memory;
    if (memory?.buffer !== bytes.buffer) return false;
    return memory.byteOffset + at === bytes.byteOffset + start;
  }

  /** Memory for all that has been gathered, of which `kept` bytes stand in what there was. */
  #ensure(kept: number, expected: number): Uint8Array {
    const memory = this.#memory;
    if (memory !== undefined && memory.byteLength >= this.#byteLength) return memory;
    const comfortable = Math.max(firstBytes, this.#byteLength * growth);
    const grown = this.#platform.allocate(Math.min(expected, comfortable));
    if (memory !== undefined) grown.set(memory.subarray(0, kept));
    this.#memory = grown;
    return grown;
  }
}
