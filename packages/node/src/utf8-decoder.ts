/**
 * UTF-8 decoded in JavaScript (RFC 3629 §3), for versions of Node.js that take several times as long for text beyond ASCII.
 *
 * Units are gathered in memory that all texts share, and become a string in one call. As long as all characters are below
 * U+0100 they take one byte each, as in strings that Node.js makes itself. When that pays is for the caller to know.
 */
import { Buffer } from "node:buffer";

/** The longest text that is decoded here. */
export const maxDecodedBytes: number = 64 * 1024;

const narrow = Buffer.allocUnsafeSlow(maxDecodedBytes);
const wide = new Uint16Array(maxDecodedBytes);
const wideBytes = Buffer.from(wide.buffer);

/** The lowest lead byte of characters from U+0100 on. */
const lowestWideLead = 0xc4;

/**
 * The text in `bytes[start, end)`, at most {@link maxDecodedBytes}, which is known to be valid UTF-8. Of anything else, some text
 * is made.
 */
export function decodeValidUtf8(bytes: Uint8Array, start: number, end: number): string {
  let at = start;
  let count = 0;
  while (at < end) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) {
      narrow[count] = lead;
      at += 1;
    } else if (lead < lowestWideLead) {
      narrow[count] = ((lead & 0x03) << 6) | ((bytes[at + 1] ?? 0) & 0x3f);
      at += 2;
    } else {
      wide.set(narrow.subarray(0, count));
      return wideBytes.toString("utf16le", 0, 2 * decodeWide(bytes, { at, end, count }));
    }
    count += 1;
  }
  return narrow.toString("latin1", 0, count);
}

/** Goes on behind `count` units; answers with how many they are in the end. */
function decodeWide(
  bytes: Uint8Array,
  from: { readonly at: number; readonly end: number; readonly count: number },
): number {
  const { end } = from;
  let { at, count } = from;
  while (at < end) {
    const lead = bytes[at] ?? 0;
    const second = (bytes[at + 1] ?? 0) & 0x3f;
    if (lead < 0x80) {
      wide[count] = lead;
      at += 1;
    } else if (lead < 0xe0) {
      wide[count] = ((lead & 0x1f) << 6) | second;
      at += 2;
    } else if (lead < 0xf0) {
      wide[count] = ((lead & 0x0f) << 12) | (second << 6) | ((bytes[at + 2] ?? 0) & 0x3f);
      at += 3;
    } else {
      const low = ((bytes[at + 2] ?? 0) << 6) | ((bytes[at + 3] ?? 0) & 0x3f);
      const above = (((lead & 0x07) << 18) | (second << 12) | (low & 0xfff)) - 0x1_0000;
      wide[count] = 0xd800 | (above >> 10);
      count += 1;
      wide[count] = 0xdc00 | (above & 0x3ff);
      at += 4;
    }
    count += 1;
  }
  return count;
}
