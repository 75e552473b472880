/**
 * Lengths of strings as the network counts them. Limits of the protocol are in bytes of UTF-8, and neither `Buffer` nor
 * `TextEncoder` is at hand in a package that runs on nothing but the language.
 */

/** How many bytes `text` has in UTF-8; a lone surrogate counts as the three bytes of U+FFFD that replace it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    bytes += 1;
    if (unit < 0x800) continue;
    if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(at + 1))) {
      // Two code units, four bytes: one more was counted above, the pair's second half is stepped over.
      bytes += 1;
      at += 1;
      continue;
    }
    bytes += 1;
  }
  return bytes;
}

/** Whether `text` has more than `limit` bytes in UTF-8; reads the text only when its length leaves a doubt. */
export function exceedsUtf8(text: string, limit: number): boolean {
  if (text.length > limit) return true;
  if (text.length * 3 <= limit) return false;
  return utf8Length(text) > limit;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
