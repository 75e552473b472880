/** Whether bytes are UTF-8 as far as they go (RFC 3629 §4), for a peer that checks text while it arrives. */

/** First bytes, how many follow, and the range of the one behind. */
const rows: readonly (readonly [number, number, number, number, number])[] = [
  [0x00, 0x7f, 0, 0, 0],
  [0xc2, 0xdf, 1, 0x80, 0xbf],
  [0xe0, 0xe0, 2, 0xa0, 0xbf],
  [0xe1, 0xec, 2, 0x80, 0xbf],
  [0xed, 0xed, 2, 0x80, 0x9f],
  [0xee, 0xef, 2, 0x80, 0xbf],
  [0xf0, 0xf0, 3, 0x90, 0xbf],
  [0xf1, 0xf3, 3, 0x80, 0xbf],
  [0xf4, 0xf4, 3, 0x80, 0x8f],
];

/** "cut": valid, and the last character is not complete. */
export function utf8Progress(bytes: Uint8Array): "whole" | "cut" | "invalid" {
  let lacking = 0;
  let [low, high] = [0x80, 0xbf];
  for (const byte of bytes) {
    if (lacking > 0) {
      if (byte < low || byte > high) return "invalid";
      [low, high] = [0x80, 0xbf];
      lacking -= 1;
      continue;
    }
    const row = rows.find(([from, to]) => byte >= from && byte <= to);
    if (row === undefined) return "invalid";
    [, , lacking, low, high] = row;
  }
  return lacking === 0 ? "whole" : "cut";
}
