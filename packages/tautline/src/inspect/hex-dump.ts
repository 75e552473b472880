/**
 * Bytes written as hexadecimal digits, as `xxd`, `hexdump -C`, `tcpdump -X` or a person writes them: with or without
 * offsets before and characters behind. What cannot be read is told by its line.
 */
import { MalformedFile } from "./finding.ts";

/** An offset has a colon behind it, or is the number of bytes so far in at least six digits. */
const withColon = /^\s*(?:0x)?[0-9a-f]{4,16}:\s*/i;
const withoutColon = /^\s*([0-9a-f]{6,16})(?:\s+|$)/i;

/** @throws MalformedFile */
export function readHexDump(text: string): Buffer {
  const parts: Buffer[] = [];
  let byteLength = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|\/\/|$)/.test(line)) continue;
    if (/^\s*\*\s*$/.test(line)) {
      throw new MalformedFile(`line ${index + 1} leaves lines out (*): dump with hexdump -v -C`);
    }
    const bytes = Buffer.from(digitsOf(line, byteLength, index + 1), "hex");
    parts.push(bytes);
    byteLength += bytes.byteLength;
  }
  return Buffer.concat(parts);
}

function digitsOf(line: string, byteLength: number, number: number): string {
  const tokens = hexPart(line, byteLength)
    .trim()
    .split(/[\s,]+/)
    .filter(Boolean);
  const digits = tokens.map((token) => token.replace(/^(?:0x|\\x)/i, ""));
  const wrong = digits.find((token) => !/^(?:[0-9a-f]{2})+$/i.test(token));
  if (wrong !== undefined) {
    throw new MalformedFile(`line ${number}: '${wrong.slice(0, 20)}' is not bytes in hexadecimal`);
  }
  return digits.join("");
}

function hexPart(line: string, byteLength: number): string {
  const colon = withColon.exec(line);
  // xxd and tcpdump set the characters off by two spaces.
  if (colon !== null) {
    return line.slice(colon[0].length).split(/\s{2,}|\|/)[0] ?? "";
  }
  const plain = withoutColon.exec(line);
  const isOffset = plain !== null && Number.parseInt(plain[1] ?? "", 16) === byteLength;
  // Eight digits in a row at the very beginning are bytes, unless characters stand behind.
  const hasMore = isOffset && (/\|/.test(line) || /^\s*[0-9a-f]{6,16}\s{2,}/i.test(line));
  if (plain !== null && isOffset && (hasMore || line.trim() === plain[1])) {
    return line.slice(plain[0].length).split("|")[0] ?? "";
  }
  return line.split("|")[0] ?? "";
}
