/**
 * Bytes on their way out, in order, until the transport has taken them.
 *
 * Small frames are written into a block and leave together; large payloads are kept by reference, uncopied. The queue
 * knows bytes, not frames. One batch is in flight at a time, so what a slow peer leaves behind gathers here, where it
 * can be counted.
 */
import type { BlockPool } from "./block-pool.ts";
import { blockBytes, smallBlockBytes } from "./block-pool.ts";
import { emptyList, withLast } from "./empty-list.ts";
import { UsageError } from "./errors.ts";

/** Short pieces that wait as they are, before more are gathered in a block. */
const maxSharedPieces = 16;

export class OutputQueue {
  readonly #pool: BlockPool;
  /** Finished pieces, in order; what stands in the block from `#start` to `#end` follows them. */
  #pieces: Uint8Array[] = emptyList;
  #block: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  /** Memory whose pieces wait or are in flight, to be released when they are written. */
  #used: Uint8Array[] = emptyList;
  #flying: Uint8Array[] | undefined;
  #flyingBytes = 0;
  /** Who wants to know when what waits, and what is in flight, has been written. */
  #marks: (() => void)[] = emptyList;
  #flyingMarks: (() => void)[] = emptyList;
  #waitingBytes = 0;
  /** Something of what waits is memory of others. */
  #referencing = false;

  constructor(pool: BlockPool) {
    this.#pool = pool;
  }

  /** Bytes that wait to be taken. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Bytes that the transport has not taken: waiting and in flight. */
  get bufferedBytes(): number {
    return this.#waitingBytes + this.#flyingBytes;
  }

  /** Whether a batch has been taken and not yet reported written. */
  get inFlight(): boolean {
    return this.#flying !== undefined;
  }

  /** Whether nothing waits and nothing is in flight. */
  get resting(): boolean {
    return this.#waitingBytes === 0 && this.#flying === undefined;
  }

  /**
   * Room for `byteLength` bytes, in one piece. The caller writes all of them before it calls again; they are
   * {@link memory} from the offset returned.
   */
  reserve(byteLength: number): number {
    if (this.#block === undefined || this.#end + byteLength > this.#block.byteLength) {
      this.#startBlock(byteLength);
    }
    const at = this.#end;
    this.#end = at + byteLength;
    this.#waitingBytes += byteLength;
    return at;
  }

  /** Where the bytes last reserved are to be written. */
  get memory(): Uint8Array {
    return this.#block!;
  }

  /**
   * Whether memory of others that waits here has been detached from its owner since: then it has no bytes any more, and what
   * is left of the frames would not be frames.
   */
  get broken(): boolean {
    if (!this.#referencing) return false;
    let byteLength = this.#end - this.#start;
    for (const piece of this.#pieces) byteLength += piece.byteLength;
    return byteLength !== this.#waitingBytes;
  }

  /** Whether a short piece is better added by {@link reference}: it costs no memory of this connection's then. */
  get takesShared(): boolean {
    return this.#block === undefined && this.#pieces.length < maxSharedPieces;
  }

  /** Adds `bytes` without copying them: they must not change until they are written. */
  reference(bytes: Uint8Array): void {
    this.#referencing = true;
    this.#seal();
    this.#pieces = withLast(this.#pieces, bytes);
    this.#waitingBytes += bytes.byteLength;
  }

  /** Calls `written` when all that was queued so far has been written: at once when it has been. */
  mark(written: () => void): void {
    if (this.#waitingBytes > 0) this.#marks = withLast(this.#marks, written);
    else if (this.inFlight) this.#flyingMarks = withLast(this.#flyingMarks, written);
    else written();
  }

  /**
   * All that waits, in order. It belongs to the transport until {@link written} is called.
   *
   * @throws UsageError `USAGE_OUTPUT_IN_FLIGHT` when the last batch has not been reported written
   */
  take(): readonly Uint8Array[] {
    if (this.#flying !== undefined) throw new UsageError("USAGE_OUTPUT_IN_FLIGHT");
    this.#seal();
    this.#retire();
    const batch = this.#pieces;
    this.#pieces = emptyList;
    this.#flying = this.#used;
    this.#used = emptyList;
    this.#flyingMarks = this.#marks;
    this.#marks = emptyList;
    this.#flyingBytes = this.#waitingBytes;
    this.#waitingBytes = 0;
    this.#referencing = false;
    return batch;
  }

  /** The transport has taken the batch in flight; its memory is used again. */
  written(): void {
    if (this.#flying === undefined) return;
    for (const memory of this.#flying) this.#pool.release(memory);
    this.#flying = undefined;
    this.#flyingBytes = 0;
    const marks = this.#flyingMarks;
    this.#flyingMarks = emptyList;
    for (const mark of marks) mark();
  }

  /** Forgets all that waits. What is in flight stays the transport's and is not used again. */
  clear(): void {
    this.#retire();
    for (const memory of this.#used) this.#pool.release(memory);
    this.#used = emptyList;
    this.#pieces = emptyList;
    this.#marks = emptyList;
    this.#waitingBytes = 0;
    this.#referencing = false;
  }

  #startBlock(byteLength: number): void {
    // While a batch is in flight the first is small: a slow peer does not get a whole block for a few bytes.
    const last = this.#block?.byteLength ?? smallBlockBytes / 2;
    this.#seal();
    this.#retire();
    if (byteLength > blockBytes) {
      this.#block = this.#pool.allocate(byteLength);
    } else if (this.inFlight || this.#pool.drained) {
      this.#block = this.#pool.allocate(Math.min(blockBytes, Math.max(byteLength, last * 2)));
    } else {
      this.#block = this.#pool.acquire();
    }
  }

  /** Ends the piece that is being written, and keeps the block for the next one. */
  #seal(): void {
    if (this.#block === undefined || this.#start === this.#end) return;
    this.#pieces = withLast(this.#pieces, this.#block.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }

  /** Lets the block go with the pieces that stand in it. */
  #retire(): void {
    if (this.#block === undefined) return;
    this.#used = withLast(this.#used, this.#block);
    this.#block = undefined;
    this.#start = 0;
    this.#end = 0;
  }
}
