/**
 * Deltas of the Fossil version control system: a text, or bytes, as copies from another one and insertions. The format is
 * that of "The Delta Encoding Algorithm" in Fossil's documentation; it counts bytes, of texts those of UTF-8. This writer
 * cuts no character in two, so that a delta of texts is itself a text and travels in JSON.
 *
 * A delta is `length "\n" { count "@" offset "," | count ":" bytes } checksum ";"`, all numbers in Fossil's base 64.
 */

import { digitsOf, readDigits } from "./fossil-digits.ts";
import { byteArray, byteString } from "./byte-string.ts";
import { utf8Bytes, utf8Text } from "./utf8.ts";

/** Runs of so many bytes are looked up in the source. */
const window = 16;

/** So many places with the same hash are tried: what repeats itself must not cost the square of its length. */
const maxTries = 64;

/** The delta that makes `target` of `source`. May be longer than `target`: the caller compares. */
export function createDelta(source: string, target: string): string {
  return utf8Text(differenceOf(utf8Bytes(source), utf8Bytes(target)));
}

/** The same for bytes. */
export function createBinaryDelta(source: Uint8Array, target: Uint8Array): Uint8Array {
  return byteArray(differenceOf(byteString(source), byteString(target)));
}

function differenceOf(from: string, to: string): string {
  const index = new BlockIndex(from);
  let delta = `${digitsOf(to.length)}\n`;
  const insert = (start: number, end: number): void => {
    if (end > start) delta += `${digitsOf(end - start)}:${to.slice(start, end)}`;
  };
  let done = 0;
  for (let here = 0; here + window <= to.length;) {
    const match = index.longest(to, here, done);
    if (match === undefined) {
      here += 1;
      continue;
    }
    insert(done, match.start);
    delta += `${digitsOf(match.length)}@${digitsOf(match.offset)},`;
    here = match.start + match.length;
    done = here;
  }
  insert(done, to.length);
  return `${delta}${digitsOf(checksum(to))};`;
}

/**
 * The text that `delta` makes of `source`, whose UTF-8 form has at most `maxBytes`.
 *
 * @throws RangeError when it is no delta, none to this source, or too long.
 */
export function applyDelta(source: string, delta: string, maxBytes: number): string {
  return utf8Text(resultOf(utf8Bytes(source), utf8Bytes(delta), maxBytes));
}

/**
 * The same for bytes.
 *
 * @throws RangeError as `applyDelta` does.
 */
export function applyBinaryDelta(
  source: Uint8Array,
  delta: Uint8Array,
  maxBytes: number,
): Uint8Array {
  return byteArray(resultOf(byteString(source), byteString(delta), maxBytes));
}

function resultOf(from: string, steps: string, maxBytes: number): string {
  const { value: length, end: lengthEnd } = readDigits(steps, 0);
  if (steps.charAt(lengthEnd) !== "\n") throw new RangeError("A delta without a length");
  if (length > maxBytes) throw new RangeError("A delta makes too long a text");
  let target = "";
  const append = (bytes: string, start: number, count: number): void => {
    if (start + count > bytes.length || target.length + count > length) {
      throw new RangeError("A delta reaches beyond an end");
    }
    target += bytes.slice(start, start + count);
  };
  for (let here = lengthEnd + 1; here < steps.length;) {
    const { value: count, end } = readDigits(steps, here);
    const operator = steps.charAt(end);
    if (operator === "@") {
      const offset = readDigits(steps, end + 1);
      if (steps.charAt(offset.end) !== ",") throw new RangeError("A copy without an end");
      append(from, offset.value, count);
      here = offset.end + 1;
    } else if (operator === ":") {
      append(steps, end + 1, count);
      here = end + 1 + count;
    } else if (operator === ";") {
      if (target.length !== length || count !== checksum(target)) {
        throw new RangeError("A delta to another text");
      }
      return target;
    } else throw new RangeError("An unknown step in a delta");
  }
  throw new RangeError("A delta without an end");
}

/** The sum of the bytes as big-endian 32-bit numbers, the last one filled up with zeros. */
function checksum(bytes: string): number {
  let sum = 0;
  for (let here = 0; here < bytes.length; here += 1) {
    sum = (sum + (bytes.charCodeAt(here) << (24 - 8 * (here & 3)))) | 0;
  }
  return sum >>> 0;
}

/** A run that two texts have in common. */
interface Match {
  /** In the target, and in the source. */
  readonly start: number;
  readonly offset: number;
  readonly length: number;
}

/** The blocks of a source, by their hash: every block of `window` bytes that begins at a multiple of it. */
class BlockIndex {
  readonly #source: string;
  /** The first block with a hash, and for each block the next one with the same: early ones can grow furthest. */
  readonly #first = new Map<number, number>();
  readonly #next = new Map<number, number>();

  constructor(source: string) {
    this.#source = source;
    for (let block = Math.floor(source.length / window) - 1; block >= 0; block -= 1) {
      const hash = hashOf(source, block * window);
      const next = this.#first.get(hash);
      if (next !== undefined) this.#next.set(block, next);
      this.#first.set(hash, block);
    }
  }

  /** The longest run around `here` in `target` that the source has too; it begins at `done` or later. */
  longest(target: string, here: number, done: number): Match | undefined {
    let best: Match | undefined;
    let block = this.#first.get(hashOf(target, here));
    for (let tries = 0; block !== undefined && tries < maxTries; tries += 1) {
      const match = this.#extend(target, { start: here, offset: block * window }, done);
      if (match.length > (best?.length ?? window - 1)) best = match;
      block = this.#next.get(block);
    }
    return best;
  }

  /** Grows a match in both directions as far as it goes, and gives up the parts of characters at its ends. */
  #extend(target: string, found: Pick<Match, "start" | "offset">, done: number): Match {
    const shift = found.offset - found.start;
    // Beyond the ends of both texts stands what equals nothing.
    const isEqual = (here: number): boolean =>
      target.charCodeAt(here) === this.#source.charCodeAt(here + shift);
    let { start } = found;
    let end = start;
    while (isEqual(end)) end += 1;
    while (start > done && isEqual(start - 1)) start -= 1;
    while (start < end && isInside(target, start)) start += 1;
    while (end > start && isInside(target, end)) end -= 1;
    return { start, offset: start + shift, length: end - start };
  }
}

/** Whether a character's first byte stands before `here` and another of its bytes at `here`. */
function isInside(bytes: string, here: number): boolean {
  return (bytes.charCodeAt(here) & 0xc0) === 0x80;
}

/** A number for the block at `start`; equal blocks have equal ones. */
function hashOf(bytes: string, start: number): number {
  let hash = 0;
  for (let here = start; here < start + window; here += 1) {
    hash = (Math.imul(hash, 31) + bytes.charCodeAt(here)) | 0;
  }
  return hash;
}
