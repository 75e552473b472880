/**
 * Text as the bytes of its UTF-8 form (RFC 3629) and back, for a package that has neither `TextEncoder` nor `Buffer` at
 * hand. Bytes are strings of characters up to U+00FF here: most texts are ASCII, which is its own form and costs nothing. A
 * lone surrogate becomes U+FFFD, as everywhere on the web.
 */

/** The bytes of `text`. */
export function utf8Bytes(text: string): string {
  return text.replaceAll(/[\u{80}-\u{10ffff}]/gu, bytesOf);
}

/**
 * The text of `bytes`. What is no UTF-8 stays as it is.
 *
 * @throws RangeError for a number that no character has.
 */
export function utf8Text(bytes: string): string {
  return bytes.replaceAll(/[\xc0-\xff][\x80-\xbf]{1,3}/g, characterOf);
}

function bytesOf(character: string): string {
  const found = Number(character.codePointAt(0));
  const point = found >= 0xd800 && found < 0xe000 ? 0xfffd : found;
  const following = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  // The first byte tells by its leading ones how many follow; each of those carries six bits.
  const lead = (0xff00 >> (following + 1)) & 0xff;
  let bytes = String.fromCharCode(lead | (point >> (6 * following)));
  for (let shift = 6 * (following - 1); shift >= 0; shift -= 6) {
    bytes += String.fromCharCode(0x80 | ((point >> shift) & 0x3f));
  }
  return bytes;
}

function characterOf(bytes: string): string {
  let point = bytes.charCodeAt(0) & (0x7f >> bytes.length);
  for (let at = 1; at < bytes.length; at += 1) {
    point = (point << 6) | (bytes.charCodeAt(at) & 0x3f);
  }
  return String.fromCodePoint(point);
}
