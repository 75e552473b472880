/**
 * Masking of payloads (RFC 6455 §5.3): every byte XOR the key byte at its position modulo four. Masking and unmasking
 * are the same operation. It happens in place, and four bytes at a time where the payload is long enough to pay for it.
 */

/** From this many bytes on, a 32-bit view over the payload costs less than it saves. */
const wordwiseFromBytes = 128;

const keyBytes = new Uint8Array(4);
const keyWord = new Int32Array(keyBytes.buffer);

/** The part of a payload to mask. */
export interface MaskRange {
  readonly start: number;
  readonly end: number;
  /** Position of `start` in the whole payload, for payloads that come in pieces. */
  readonly position: number;
}

/** The four key bytes as one integer, first byte on top; `position` bytes of the payload are already done. */
function rotate(key: number, position: number): number {
  const bits = (position & 3) * 8;
  return bits === 0 ? key : (key << bits) | (key >>> (32 - bits));
}

/**
 * XORs `bytes[start, end)` with `key` in place.
 *
 * @param key four bytes as an integer, the first on the wire in the top eight bits
 */
export function applyMask(bytes: Uint8Array, key: number, range: MaskRange): void {
  const { end } = range;
  let at = range.start;
  let turned = rotate(key, range.position);
  if (end - at >= wordwiseFromBytes) {
    const lead = -(bytes.byteOffset + at) & 3;
    maskBytes(bytes, turned, at, at + lead);
    at += lead;
    turned = rotate(turned, lead);
    maskWords(bytes, turned, at, end);
    at += (end - at) & ~3;
  }
  maskBytes(bytes, turned, at, end);
}

/** Masks bytes from the key's first on, and returns all of them in one, joined by OR. */
function maskBytes(bytes: Uint8Array, key: number, start: number, end: number): number {
  let seen = 0;
  for (let at = start; at < end; at++) {
    const shift = 24 - ((at - start) & 3) * 8;
    const byte = bytes[at]! ^ ((key >>> shift) & 0xff);
    bytes[at] = byte;
    seen |= byte;
  }
  return seen;
}

/** Masks the whole words that start at `start`, which is aligned, and returns all of them in one, joined by OR. */
function maskWords(bytes: Uint8Array, key: number, start: number, end: number): number {
  keyBytes[0] = key >>> 24;
  keyBytes[1] = key >>> 16;
  keyBytes[2] = key >>> 8;
  keyBytes[3] = key;
  const word = keyWord[0]!;
  const count = (end - start) >>> 2;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, count);
  const paired = count & ~3;
  let seen = 0;
  let at = 0;
  for (; at < paired; at += 4) {
    const first = words[at]! ^ word;
    const second = words[at + 1]! ^ word;
    const third = words[at + 2]! ^ word;
    const fourth = words[at + 3]! ^ word;
    words[at] = first;
    words[at + 1] = second;
    words[at + 2] = third;
    words[at + 3] = fourth;
    seen |= first | second | third | fourth;
  }
  for (; at < count; at++) {
    const masked = words[at]! ^ word;
    words[at] = masked;
    seen |= masked;
  }
  return seen;
}

/** Bit 7 of each byte of a word. */
const highBits = 0x80808080 | 0;

/**
 * Unmasks a whole payload, `bytes[start, end)`, in place; the key stands before it (RFC 6455 §5.2).
 *
 * @returns whether the payload is ASCII
 */
export function unmaskPayload(bytes: Uint8Array, start: number, end: number): boolean {
  const key0 = bytes[start - 4]!;
  const key1 = bytes[start - 3]!;
  const key2 = bytes[start - 2]!;
  const key3 = bytes[start - 1]!;
  let at = start;
  let seen = 0;
  if (end - start >= wordwiseFromBytes) {
    const lead = -(bytes.byteOffset + start) & 3;
    const key = (key0 << 24) | (key1 << 16) | (key2 << 8) | key3;
    seen = maskBytes(bytes, key, start, start + lead);
    const turned = rotate(key, lead);
    at = start + lead;
    const stop = at + ((end - at) & ~3);
    seen |= maskWords(bytes, turned, at, end);
    return ((seen | maskBytes(bytes, turned, stop, end)) & highBits) === 0;
  }
  for (; at + 4 <= end; at += 4) {
    const byte0 = bytes[at]! ^ key0;
    const byte1 = bytes[at + 1]! ^ key1;
    const byte2 = bytes[at + 2]! ^ key2;
    const byte3 = bytes[at + 3]! ^ key3;
    bytes[at] = byte0;
    bytes[at + 1] = byte1;
    bytes[at + 2] = byte2;
    bytes[at + 3] = byte3;
    seen |= byte0 | byte1 | byte2 | byte3;
  }
  const key = (key0 << 24) | (key1 << 16) | (key2 << 8) | key3;
  return ((seen | maskBytes(bytes, key, at, end)) & 0x80) === 0;
}
