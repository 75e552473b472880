/**
 * Base64 as the handshake needs it (RFC 4648 §4): encoding a few bytes, and telling its characters from others.
 *
 * The engine has no `Buffer` and no `btoa`. This file does not know what the bytes are.
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const DIGITS = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const PADDING = "=";

const isDigit = new Uint8Array(0x80);
for (const digit of DIGITS) {
  isDigit[digit] = 1;
}

/** `bytes` in base64, padded. */
export function encodeBase64(bytes: Uint8Array): string {
  const { length } = bytes;
  let text = "";
  for (let at = 0; at < length; at += 3) {
    // Behind the end there are zeros.
    const group = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += String.fromCharCode(
      DIGITS[group >> 18]!,
      DIGITS[(group >> 12) & 0x3f]!,
      DIGITS[(group >> 6) & 0x3f]!,
      DIGITS[group & 0x3f]!,
    );
  }
  const missing = (3 - (length % 3)) % 3;
  return text.slice(0, text.length - missing) + PADDING.repeat(missing);
}

/** Whether `text[0, end)` is of characters of base64; padding is none of them. */
export function isBase64(text: string, end: number): boolean {
  for (let index = 0; index < end; index += 1) {
    if (isDigit[text.charCodeAt(index)] !== 1) {
      return false;
    }
  }
  return true;
}
