/**
 * Text in byte arrays as UTF-8 (RFC 3629), there and back, strictly: what is no UTF-8 is said to be none. A lone surrogate
 * is written as U+FFFD, as everywhere on the web.
 */

import { utf8Length } from "./text-length.ts";

const replacement = 0xfffd;

/** So many units become text at once: a call takes no more arguments than the machine's stack holds. */
const chunkUnits = 4096;

/** The bytes of `text`, new. */
export function utf8Encoded(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  writeUtf8(text, bytes, 0);
  return bytes;
}

/** Writes `text` into `bytes` from `at` on, where there has to be room for `utf8Length(text)` bytes. */
export function writeUtf8(text: string, bytes: Uint8Array, at: number): void {
  let end = at;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      bytes[end] = unit;
      end += 1;
      continue;
    }
    const point = wholePoint(Number(text.codePointAt(index)));
    if (point > 0xffff) index += 1;
    end = writePoint(point, bytes, end);
  }
}

/** The text in `bytes` from `start` to before `end`, `undefined` when that is no UTF-8. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  let units: number[] = [];
  for (let at = start; at < end;) {
    const lead = Number(bytes[at]);
    if (lead < 0x80) {
      units.push(lead);
      at += 1;
    } else {
      const length = sequenceLength(lead);
      const point = at + length > end ? -1 : pointAt(bytes, at, length);
      if (point < 0) return undefined;
      if (point < 0x10000) units.push(point);
      else units.push(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
      at += length;
    }
    if (units.length >= chunkUnits) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

function wholePoint(point: number): number {
  return point >= 0xd800 && point < 0xe000 ? replacement : point;
}

/** How many bytes a sequence has that begins with `lead`; 1 for a byte that begins none. */
function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 1;
}

/** The smallest number that needs a sequence of so many bytes (RFC 3629 §3); none has one byte here. */
const smallest = [0, Number.POSITIVE_INFINITY, 0x80, 0x800, 0x10000];

/** The number in the sequence of `length` bytes at `at`; −1 when it is none. */
function pointAt(bytes: Uint8Array, at: number, length: number): number {
  let point = Number(bytes[at]) & (0x7f >> length);
  for (let next = at + 1; next < at + length; next += 1) {
    const byte = Number(bytes[next]);
    if ((byte & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (byte & 0x3f);
  }
  const isPoint = point >= Number(smallest[length]) && point <= 0x10ffff;
  return isPoint && wholePoint(point) === point ? point : -1;
}

/** Writes the sequence of `point`, which is above 0x7f; returns where it ends. */
function writePoint(point: number, bytes: Uint8Array, at: number): number {
  const length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  // The first byte tells by its leading ones how many there are; each of the others carries six bits.
  bytes[at] = ((0xff00 >> length) & 0xff) | (point >> (6 * (length - 1)));
  for (let next = 1; next < length; next += 1) {
    bytes[at + next] = 0x80 | ((point >> (6 * (length - 1 - next))) & 0x3f);
  }
  return at + length;
}
