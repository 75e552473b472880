/**
 * The stream of DEFLATE blocks that a message is (RFC 7692 §7.2.2), as zlib has to be fed with it: where it ends, and how
 * it goes on behind a block with BFINAL set, at which zlib stops.
 */
import { Buffer } from "node:buffer";
import type { Inflated, InflateJob } from "@tautline/protocol";
import { nodePlatform } from "../platform.ts";

/**
 * What is put behind a message. The first four bytes end its last block, which is empty and was cut there (§7.2.2). Then
 * comes a final block with nothing in it: when zlib reaches its end, the message was whole.
 */
export const ending = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x03, 0x00);

/** Final blocks that a message may have before its end. Starting behind each costs far more than its two bytes. */
export const maxFinalBlocks = 256;

const nothing = new Uint8Array(0);

/**
 * zlib's window for a compressor that must not look back further than 2^windowBits bytes. Raw DEFLATE with a window of
 * 2^8 bytes it cannot make, but with 2^9 it never looks back further than 2^9 - 262 = 250 bytes (MAX_DIST in deflate.h), so
 * that decompressors with 2^8 read it.
 */
export function zlibWindowBits(windowBits: number): number {
  return Math.max(windowBits, 9);
}

/** `message` with its ending. */
function withEnding(message: Uint8Array): Uint8Array {
  return Buffer.concat([message, ending], message.byteLength + ending.byteLength);
}

/** Where a message stands that is inflated in one or more goes. */
export class InflateProgress {
  readonly windowBits: number;
  readonly #maxBytes: number;
  readonly #windowBytes: number;
  /** What is left to inflate, with the ending. */
  #input: Uint8Array;
  #history: Uint8Array;
  readonly #pieces: Uint8Array[] = [];
  #byteLength = 0;
  #finalBlocks = 0;
  #failure: "tooLong" | "invalid" | undefined;

  constructor(message: Uint8Array, job: InflateJob) {
    this.windowBits = job.windowBits;
    this.#maxBytes = job.maxBytes;
    this.#windowBytes = 2 ** job.windowBits;
    this.#history = job.history;
    this.#input = withEnding(message);
  }

  get input(): Uint8Array {
    return this.#input;
  }

  /** What the rest may refer to. */
  get history(): Uint8Array {
    return this.#history;
  }

  /** How much more may come out. */
  get roomBytes(): number {
    return this.#maxBytes - this.#byteLength;
  }

  get result(): Inflated {
    if (this.#failure !== undefined) return this.#failure;
    const [first = nothing, second] = this.#pieces;
    return second === undefined ? first : this.#joined();
  }

  /** The result in memory of its own, for whoever keeps it. */
  get keptResult(): Inflated {
    return this.#failure ?? this.#joined();
  }

  #joined(): Uint8Array {
    const joined = nodePlatform.allocate(this.#byteLength);
    let at = 0;
    for (const piece of this.#pieces) {
      joined.set(piece, at);
      at += piece.byteLength;
    }
    return joined;
  }

  /** @returns true: there is nothing more to do */
  fail(failure: "tooLong" | "invalid"): true {
    this.#failure = failure;
    return true;
  }

  /**
   * A final block has been reached: `output` came of the first `consumed` bytes of the input.
   *
   * @returns whether there is nothing more to do
   */
  advance(output: Uint8Array, consumed: number): boolean {
    this.#pieces.push(output);
    this.#byteLength += output.byteLength;
    if (this.#byteLength > this.#maxBytes) return this.fail("tooLong");
    const rest = this.#input.byteLength - consumed;
    // The final block was that of the ending, or the message's own very last.
    if (rest === 0 || rest === ending.byteLength) return true;
    if (rest < ending.byteLength || this.#finalBlocks === maxFinalBlocks) {
      return this.fail("invalid");
    }
    this.#finalBlocks += 1;
    // The output may stand in memory that is used again.
    this.#pieces[this.#pieces.length - 1] = Buffer.from(output);
    this.#input = this.#input.subarray(consumed);
    this.#history = Buffer.concat([this.#history, output]).subarray(-this.#windowBytes);
    return false;
  }
}
