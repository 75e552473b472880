/**
 * Base64 as the handshake needs it (RFC 4648 §4): encoding a few bytes, and telling its characters from others.
 *
 * The engine has no `Buffer` and no `btoa`. This file does not know what the bytes are.
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** `bytes` in base64, padded. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  let pending = 0;
  let pendingBits = 0;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    pendingBits += 8;
    while (pendingBits >= 6) {
      pendingBits -= 6;
      text += ALPHABET.charAt((pending >> pendingBits) & 0x3f);
    }
    pending &= (1 << pendingBits) - 1;
  }
  // The bits left over make one more character; when none are left, it is one too many.
  text += ALPHABET.charAt((pending << (6 - pendingBits)) & 0x3f);
  const length = Math.ceil((bytes.length * 8) / 6);
  return text.slice(0, length).padEnd(Math.ceil(length / 4) * 4, "=");
}

/** Whether `character` stands in the alphabet of base64; padding does not. */
export function isBase64Character(character: string): boolean {
  return ALPHABET.includes(character);
}
