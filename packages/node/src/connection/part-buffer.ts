/**
 * Bytes of a message that have arrived and that nobody has taken, in order.
 *
 * They are copied, for what arrives stands in memory that is used again, and joined where they are few: a peer that sends
 * byte by byte does not make an object of each.
 */
import { nodePlatform } from "../platform.ts";

/** Largest memory that is taken beyond what has arrived. */
const blockBytes = 64 * 1024;

interface Block {
  readonly memory: Uint8Array;
  byteLength: number;
}

export class PartBuffer {
  #blocks: Block[] = [];
  #byteLength = 0;

  get byteLength(): number {
    return this.#byteLength;
  }

  append(bytes: Uint8Array): void {
    this.#byteLength += bytes.byteLength;
    const last = this.#blocks.at(-1);
    const room = last === undefined ? 0 : last.memory.byteLength - last.byteLength;
    const fitting = bytes.subarray(0, room);
    if (last !== undefined) {
      last.memory.set(fitting, last.byteLength);
      last.byteLength += fitting.byteLength;
    }
    const rest = bytes.subarray(fitting.byteLength);
    if (rest.byteLength === 0) return;
    // Exactly what is needed where the application keeps up, and twice as much as before where it does not.
    const comfortable = Math.min(blockBytes, 2 * (last?.memory.byteLength ?? 0));
    const memory = nodePlatform.allocate(Math.max(rest.byteLength, comfortable));
    memory.set(rest);
    this.#blocks.push({ memory, byteLength: rest.byteLength });
  }

  /** The first bytes, or `undefined` when there are none. They belong to the caller. */
  take(): Uint8Array | undefined {
    const block = this.#blocks.shift();
    if (block === undefined) return undefined;
    this.#byteLength -= block.byteLength;
    return block.memory.subarray(0, block.byteLength);
  }

  clear(): void {
    this.#blocks = [];
    this.#byteLength = 0;
  }
}
