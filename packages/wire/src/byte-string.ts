/** Bytes as a string of characters up to U+00FF, each of them a byte, for algorithms that work on strings; and back. */

/** So many bytes become text at once: a call takes no more arguments than the machine's stack holds. */
const chunkBytes = 4096;

export function byteString(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    text += String.fromCharCode(...bytes.subarray(at, at + chunkBytes));
  }
  return text;
}

export function byteArray(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
