/**
 * Memory that frames are written into, shared by all connections of a process: a connection holds a block only
 * while it has output that the transport has not taken, so an idle one holds none.
 */
import type { Platform } from "./platform.ts";

/** Size of a block. Frames of one turn usually fit into one, so they leave in one write. */
export const blockBytes = 64 * 1024;

/** Size of what is lent in place of a block where little is to be written, or many blocks are lent. */
export const smallBlockBytes = 4 * 1024;

/** Small ones kept: connections over TLS have each its own under way for a turn. */
const maxFreeSmallBlocks = 256;

/** Blocks kept for the next connection to write; more than this go back to the garbage collector. */
const maxFreeBlocks = 16;

/** The largest memory that is kept. Fresh memory of that size costs more than what is written into it. */
const maxKeptBytes = 2 * 1024 * 1024;

/** How many times larger than asked for it may be: a peer that is slow to take a message keeps all of it. */
const maxExcess = 4;

export class BlockPool {
  readonly #platform: Pick<Platform, "allocate">;
  readonly #free: Uint8Array[] = [];
  readonly #freeSmall: Uint8Array[] = [];
  /** What was larger than a block and came back last, for the next who needs as much. */
  #large: Uint8Array | undefined;
  /** Blocks lent since one came back. */
  #lent = 0;

  constructor(platform: Pick<Platform, "allocate">) {
    this.#platform = platform;
  }

  /**
   * Whether many blocks have been lent and none has come back: many connections are sent something within one turn, and each
   * had better take no more memory than it needs.
   */
  get drained(): boolean {
    return this.#lent >= maxFreeBlocks;
  }

  /** A block of {@link blockBytes} bytes. It belongs to the caller until released, and may hold old data. */
  acquire(): Uint8Array {
    this.#lent += 1;
    return this.#free.pop() ?? this.#platform.allocate(blockBytes);
  }

  /** Memory of at least `byteLength` bytes, which may hold old data. */
  allocate(byteLength: number): Uint8Array {
    if (byteLength <= smallBlockBytes) {
      return this.#freeSmall.pop() ?? this.#platform.allocate(smallBlockBytes);
    }
    const large = this.#large;
    if (large === undefined || !fits(byteLength, large)) {
      return this.#platform.allocate(byteLength);
    }
    this.#large = undefined;
    return large;
  }

  /** Takes back memory whose bytes the transport has taken. What is not kept is left to the garbage collector. */
  release(memory: Uint8Array): void {
    if (memory.byteLength === smallBlockBytes) {
      if (this.#freeSmall.length < maxFreeSmallBlocks) this.#freeSmall.push(memory);
    } else if (memory.byteLength === blockBytes) {
      this.#lent = 0;
      if (this.#free.length < maxFreeBlocks) this.#free.push(memory);
    } else if (memory.byteLength > blockBytes && memory.byteLength <= maxKeptBytes) {
      if ((this.#large?.byteLength ?? 0) < memory.byteLength) this.#large = memory;
    }
  }
}

/** Whether `byteLength` bytes are worth `large`, which is not for what a block holds. */
function fits(byteLength: number, large: Uint8Array): boolean {
  const excess = large.byteLength / byteLength;
  return byteLength > blockBytes && excess >= 1 && excess <= maxExcess;
}
