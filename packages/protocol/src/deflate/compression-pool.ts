/**
 * What connections share for compression: the codec, a budget of memory, and compressors.
 *
 * Messages that refer to nothing before them go through one compressor per set of parameters, however many connections
 * there are. A connection whose messages do refer to earlier ones leases a compressor of its own, and can lose it at
 * any time: a sender may forget its history whenever it likes (RFC 7692 §7.1.1), it only sends more bytes then.
 */
import { UsageError } from "../errors.ts";
import type { Platform } from "../platform.ts";
import type { DeflateCodec, Deflater, DeflaterSettings } from "./deflate-codec.ts";
import { MemoryBudget } from "./memory-budget.ts";

export interface CompressionPoolOptions {
  /** Memory for leased compressors and for work on other threads, in bytes. Default 128 MiB. */
  readonly maxBytes?: number | undefined;
  /** Called when the first compressor is leased: from now on {@link CompressionPool.releaseIdle} has something to do. */
  readonly onLease?: (() => void) | undefined;
}

/** What all connections of one process are given. */
export interface DeflateParts {
  readonly pool: CompressionPool;
  readonly platform: Platform;
}

const defaultMaxBytes = 128 * 1024 * 1024;

/** Least memory for the table of hashes, in the zlib that comes with Node.js. */
const leastHashBytes = 64 * 1024;

/**
 * What a compressor takes: its window twice and the table of its chains, the table of hashes, symbols and output that
 * wait, and what is around it. Near to what is measured with the zlib that comes with Node.js.
 */
export function deflaterBytes({ windowBits, memoryLevel }: DeflaterSettings): number {
  const symbolBytes = 2 ** (memoryLevel + 8);
  return 2 ** (windowBits + 2) + Math.max(leastHashBytes, symbolBytes) + symbolBytes + 16 * 1024;
}

/** The same key means the same bytes for the same message. */
export function deflaterKey({ windowBits, level, memoryLevel }: DeflaterSettings): string {
  return `${windowBits}/${level}/${memoryLevel}`;
}

/** A compressor that one connection uses for as long as it has it. */
export class DeflaterLease {
  readonly byteLength: number;
  #deflater: Deflater | undefined;
  /** Since the last time idle ones were released. */
  #used = true;

  constructor(deflater: Deflater, byteLength: number) {
    this.#deflater = deflater;
    this.byteLength = byteLength;
  }

  /** The compressor, which counts as used now; `undefined` when it has been taken away. */
  use(): Deflater | undefined {
    this.#used = true;
    return this.#deflater;
  }

  /** Whether it has not been used since the last time this was asked. */
  rest(): boolean {
    const rested = !this.#used;
    this.#used = false;
    return rested;
  }

  /** What is sent next refers to nothing before it. */
  reset(): void {
    this.#deflater?.reset();
  }

  close(): void {
    this.#deflater?.close();
    this.#deflater = undefined;
  }
}

export class CompressionPool {
  readonly codec: DeflateCodec;
  readonly budget: MemoryBudget;
  readonly #onLease: (() => void) | undefined;
  readonly #shared = new Map<string, Deflater>();
  readonly #leases = new Set<DeflaterLease>();

  /** @throws UsageError `USAGE_OPTION` for a `maxBytes` that is no integer from 0 */
  constructor(codec: DeflateCodec, options: CompressionPoolOptions = {}) {
    const { maxBytes = defaultMaxBytes } = options;
    if (!Number.isSafeInteger(maxBytes) || maxBytes < 0) {
      throw new UsageError("USAGE_OPTION", `maxBytes must be an integer from 0, not ${maxBytes}`);
    }
    this.codec = codec;
    this.budget = new MemoryBudget(maxBytes);
    this.#onLease = options.onLease;
  }

  /** How many compressors are leased. */
  get leases(): number {
    return this.#leases.size;
  }

  /** The compressor for messages without history. It is to be reset before use, for it has been anybody's. */
  shared(settings: DeflaterSettings): Deflater {
    const key = deflaterKey(settings);
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const deflater = this.codec.openDeflater(settings);
    this.#shared.set(key, deflater);
    return deflater;
  }

  /** A compressor of the caller's own, or `undefined` when there is no memory left for it. */
  lease(settings: DeflaterSettings): DeflaterLease | undefined {
    const byteLength = deflaterBytes(settings);
    if (!this.budget.tryTake(byteLength)) return undefined;
    const lease = new DeflaterLease(this.codec.openDeflater(settings), byteLength);
    this.#leases.add(lease);
    if (this.#leases.size === 1) this.#onLease?.();
    return lease;
  }

  /** Takes `lease` away from whoever has it. */
  end(lease: DeflaterLease): void {
    if (!this.#leases.delete(lease)) return;
    lease.close();
    this.budget.give(lease.byteLength);
  }

  /** Takes away all compressors that have not been used since the last call. */
  releaseIdle(): void {
    for (const lease of this.#leases) {
      if (lease.rest()) this.end(lease);
    }
  }
}
