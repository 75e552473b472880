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
    at = maskWords(bytes, turned, at, end);
  }
  maskBytes(bytes, turned, at, end);
}

function maskBytes(bytes: Uint8Array, key: number, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    const shift = 24 - ((at - start) & 3) * 8;
    bytes[at] = bytes[at]! ^ (key >>> shift);
  }
}

/** Masks whole aligned words and returns where it stopped: fewer than four bytes before `end`. */
function maskWords(bytes: Uint8Array, key: number, start: number, end: number): number {
  keyBytes[0] = key >>> 24;
  keyBytes[1] = key >>> 16;
  keyBytes[2] = key >>> 8;
  keyBytes[3] = key;
  const word = keyWord[0]!;
  const count = (end - start) >>> 2;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, count);
  for (let at = 0; at < count; at++) words[at] = words[at]! ^ word;
  return start + count * 4;
}
