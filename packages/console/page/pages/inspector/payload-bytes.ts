/** Bytes as people read and write them: hexadecimal, base64, text. It knows nothing of frames. */

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Undefined for what is no whole number of bytes in hexadecimal; white space is passed over. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replaceAll(/\s/gu, "");
  if (!/^(?:[0-9a-f]{2})*$/iu.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

export function toHex(bytes: Uint8Array, between = ""): string {
  return Array.from(bytes, hexOf).join(between);
}

/** Printable ASCII as it is, everything else as a dot: one character for each byte. */
export function asciiOf(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x20 ? " " : "·";
}

/** Undefined for what is not UTF-8. @param isCut a character may be missing its end */
export function utf8Text(bytes: Uint8Array, isCut = false): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, {
      stream: isCut,
    });
  } catch {
    return undefined;
  }
}

/** RFC 6455 §5.3: the same both ways. */
export function masked(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => byte ^ (key[i % 4] ?? 0));
}

/** Text that is JSON, with an indent; anything else as it is. */
export function readable(text: string): string {
  // The hub's protocol has one value a line.
  const lines = text.trim().split("\n");
  try {
    return lines.map((line) => JSON.stringify(JSON.parse(line), undefined, 2)).join("\n");
  } catch {
    return text;
  }
}
