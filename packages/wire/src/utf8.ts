/**
 * Text as bytes of UTF-8 and back (RFC 3629), for a package that has neither `TextEncoder` nor `Buffer` at hand. A lone
 * surrogate becomes U+FFFD, as everywhere on the web.
 */

/** The bytes of `text`. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let end = 0;
  for (let at = 0; at < text.length; at += 1) {
    let point = text.charCodeAt(at);
    if (point >= 0xd800 && point < 0xe000) {
      const whole = text.codePointAt(at) ?? point;
      if (whole > 0xffff) at += 1;
      point = whole > 0xffff ? whole : 0xfffd;
    }
    end = writePoint(bytes, end, point);
  }
  return bytes.subarray(0, end);
}

function writePoint(bytes: Uint8Array, start: number, point: number): number {
  if (point < 0x80) {
    bytes[start] = point;
    return start + 1;
  }
  const following = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  // The first byte tells by its leading ones how many follow; each of those carries six bits.
  bytes[start] = ((0xff00 >> (following + 1)) & 0xff) | (point >> (6 * following));
  for (let index = 1; index <= following; index += 1) {
    bytes[start + index] = 0x80 | ((point >> (6 * (following - index))) & 0x3f);
  }
  return start + following + 1;
}

/** So many code units at once: a function takes no more arguments than the stack holds. */
const pieceLength = 4096;

/** The text of `bytes`, which must be whole characters of UTF-8. */
export function utf8Text(bytes: Uint8Array): string {
  let text = "";
  let units: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0;
    const following = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let point = following === 0 ? first : first & (0x3f >> following);
    for (let index = 1; index <= following; index += 1) {
      point = (point << 6) | ((bytes[at + index] ?? 0) & 0x3f);
    }
    at += following + 1;
    units.push(point);
    if (units.length === pieceLength || at >= bytes.length) {
      text += String.fromCodePoint(...units);
      units = [];
    }
  }
  return text;
}
