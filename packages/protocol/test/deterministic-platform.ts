/**
 * The engine's surroundings in tests: real hashing and text, and randomness that a seed repeats.
 */
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import type { Platform } from "@tautline/protocol";

/** A platform that also counts what is asked of it. */
export interface CountingPlatform extends Platform {
  /** Bytes of memory asked for so far. */
  readonly allocatedBytes: number;
  /** Largest single piece of memory asked for so far. */
  readonly largestAllocation: number;
}

/** Allocated memory is filled with this, so that a byte that the engine forgets to write shows. */
const stale = 0xa5;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function deterministicPlatform(seed = 1): CountingPlatform {
  const random = generator(seed);
  let allocatedBytes = 0;
  let largestAllocation = 0;
  return {
    sha1Base64: (text) => createHash("sha1").update(text).digest("base64"),
    fillRandom(target) {
      for (let at = 0; at < target.byteLength; at++) target[at] = Math.floor(random() * 256);
    },
    random,
    allocate(byteLength) {
      allocatedBytes += byteLength;
      largestAllocation = Math.max(largestAllocation, byteLength);
      return new Uint8Array(byteLength).fill(stale);
    },
    isUtf8: (bytes, start, end) => isUtf8(bytes.subarray(start, end)),
    decodeUtf8(bytes, start, end) {
      try {
        return decoder.decode(bytes.subarray(start, end));
      } catch {
        return undefined;
      }
    },
    decodeAscii: (bytes, start, end) => String.fromCharCode(...bytes.subarray(start, end)),
    textByteLength: (text) => Buffer.byteLength(text),
    encodeText: (text, target, offset) =>
      new TextEncoder().encodeInto(text, target.subarray(offset)).written,
    encodeAscii(text, target, offset) {
      target.set(new TextEncoder().encode(text), offset);
    },
    get allocatedBytes() {
      return allocatedBytes;
    },
    get largestAllocation() {
      return largestAllocation;
    },
  };
}

/** mulberry32: small, and good enough to scatter test data. */
export function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
