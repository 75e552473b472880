/**
 * What the engine needs of its surroundings, from Node.js.
 *
 * Memory is never a slice of Node's shared pool: whoever is handed a message can look at `message.buffer` and finds
 * nothing of anybody else's there, and a message that is kept pins no neighbour.
 */
import { Buffer, isUtf8 } from "node:buffer";
import { hash, randomFillSync } from "node:crypto";
import process from "node:process";
import type { Platform } from "@tautline/protocol";
import { decodeValidUtf8, maxDecodedBytes } from "./utf8-decoder.ts";

/** Random bytes are drawn this many at a time: a call into the system's source costs far more than a masking key. */
const randomPoolBytes = 8 * 1024;

const randomPool = Buffer.allocUnsafeSlow(randomPoolBytes);
let randomPoolUsed = randomPoolBytes;

function fillRandom(target: Uint8Array): void {
  const byteLength = target.byteLength;
  if (byteLength > randomPoolBytes / 8) {
    randomFillSync(target);
    return;
  }
  if (randomPoolUsed + byteLength > randomPoolBytes) {
    randomFillSync(randomPool);
    randomPoolUsed = 0;
  }
  const from = randomPoolUsed;
  randomPoolUsed += byteLength;
  for (let index = 0; index < byteLength; index += 1) {
    target[index] = randomPool[from + index] ?? 0;
  }
  // No byte is handed out twice, and none that was handed out stays readable in memory.
  randomPool.fill(0, from, randomPoolUsed);
}

/**
 * A message is a plain Uint8Array, as its type says: a Buffer's `slice`, `toString` and JSON mean something else.
 * Large memory is not zeroed first, because the engine writes every byte of it.
 */
function allocate(byteLength: number): Uint8Array {
  if (byteLength <= zeroedBytes) return new Uint8Array(byteLength);
  return new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer);
}

/** Up to this size, zeroing costs less than another object. */
const zeroedBytes = 4096;

/** What sockets read into and what frames are written into are Buffers as they are. */
export function asBuffer(bytes: Uint8Array): Buffer {
  if (bytes instanceof Buffer) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function encodeText(text: string, target: Uint8Array, offset: number): number {
  return asBuffer(target).write(text, offset, "utf8");
}

/** Up to this length, a call out of JavaScript costs more than writing the text does. */
const shortText = 24;

function encodeAscii(text: string, target: Uint8Array, offset: number): void {
  const { length } = text;
  if (length <= shortText) {
    for (let at = 0; at < length; at += 1) target[offset + at] = text.charCodeAt(at);
  } else {
    asBuffer(target).write(text, offset, "latin1");
  }
}

/** From here on, decoding in JavaScript pays for itself where it pays at all. */
const ownDecodingFromBytes = 128;

/** V8 decodes UTF-8 byte by byte, twice, before version 13, which came with Node.js 24. */
const decodesSlowly = Number.parseInt(process.versions.v8, 10) < 13;

/**
 * Decoding puts U+FFFD where bytes are wrong, so a text without it was right. Looking for it costs nothing in a text of
 * Latin-1 characters; only a text that does contain it is checked on its own.
 */
function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  const buffer = asBuffer(bytes);
  const byteLength = end - start;
  if (decodesSlowly && byteLength >= ownDecodingFromBytes && byteLength <= maxDecodedBytes) {
    return isUtf8(buffer.subarray(start, end)) ? decodeValidUtf8(buffer, start, end) : undefined;
  }
  const text = buffer.toString("utf8", start, end);
  if (!text.includes("\uFFFD") || isUtf8(buffer.subarray(start, end))) return text;
  return undefined;
}

/** The engine's {@link Platform} on Node.js. */
export const nodePlatform: Platform = Object.freeze({
  sha1Base64(text: string): string {
    return hash("sha1", text, "base64");
  },
  fillRandom,
  random(): number {
    return Math.random();
  },
  allocate,
  isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
    return isUtf8(bytes.subarray(start, end));
  },
  decodeUtf8,
  decodeAscii(bytes: Uint8Array, start: number, end: number): string {
    return asBuffer(bytes).toString("latin1", start, end);
  },
  textByteLength(text: string): number {
    return Buffer.byteLength(text, "utf8");
  },
  encodeText,
  encodeAscii,
});
