/**
 * Memory that frames are written into, shared by all connections of a process: a connection holds a block only
 * while it has output that the transport has not taken, so an idle one holds none.
 */
import type { Platform } from "./platform.ts";

/** Size of a block. Frames of one turn usually fit into one, so they leave in one write. */
export const blockBytes = 64 * 1024;

/** Blocks kept for the next connection to write; more than this go back to the garbage collector. */
const maxFreeBlocks = 16;

export class BlockPool {
  readonly #platform: Pick<Platform, "allocate">;
  readonly #free: Uint8Array[] = [];
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

  /** Memory of a size of its own, which is not pooled. */
  allocate(byteLength: number): Uint8Array {
    return this.#platform.allocate(byteLength);
  }

  /** Takes back memory whose bytes the transport has taken. What is not a block is left to the garbage collector. */
  release(memory: Uint8Array): void {
    if (memory.byteLength !== blockBytes) return;
    this.#lent = 0;
    if (this.#free.length < maxFreeBlocks) this.#free.push(memory);
  }
}
