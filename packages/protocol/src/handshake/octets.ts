/**
 * Text and its octets, for heads and for the short bodies of refusals.
 *
 * HTTP/1.1 heads are octets whose meaning is ASCII; reading them as Latin-1 keeps every octet as it came (RFC 9112
 * §2.2), and writing them back gives the same octets. Bodies are UTF-8. The engine has no `TextEncoder`; its port writes
 * messages, and this is for the few sentences before there are any. This file does not know what may stand in a head.
 */

/** How many bytes one call of `String.fromCharCode` takes: far below every engine's limit on arguments. */
const SLICE_LENGTH = 4096;

/** The text of the first `byteLength` bytes, one character per byte. */
export type OctetDecoder = (bytes: Uint8Array, byteLength: number) => string;

/** The bytes of `text`, one byte per character: all are below 0x100. */
export type OctetEncoder = (text: string) => Uint8Array;

/** As {@link OctetDecoder}. Keeps no reference to `bytes`. */
export function decodeLatin1(bytes: Uint8Array, byteLength: number): string {
  let text = "";
  for (let start = 0; start < byteLength; start += SLICE_LENGTH) {
    // An array is spread many times faster than bytes are.
    text += String.fromCharCode(
      ...codesOf(bytes, start, Math.min(byteLength, start + SLICE_LENGTH)),
    );
  }
  return text;
}

function codesOf(bytes: Uint8Array, start: number, end: number): number[] {
  const codes: number[] = [];
  for (let index = start; index < end; index += 1) codes.push(bytes[index]!);
  return codes;
}

/** The bytes of `text`, one byte per character, in fresh memory. The caller has seen to it that all are below 0x100. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    bytes[index] = text.charCodeAt(index);
  }
  return bytes;
}

/** The bytes of `text` in UTF-8, in fresh memory. A lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
  const octets = escaped.replace(/%([0-9A-F]{2})/g, (_match, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return encodeLatin1(octets);
}
