/**
 * The messages: a rotation of different payloads, so that a lost, doubled or swapped reply is seen. Each is framed and
 * masked with a key of its own (RFC 6455 §5.3) before anything is measured.
 */
import { randomBytes, randomInt } from "node:crypto";
import { constants, deflateRawSync } from "node:zlib";
import type { Settings } from "./settings.ts";

const mostBytes = 32 * 1024 * 1024;

/** A masked frame. */
export function frame(firstByte: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const bytes = Buffer.allocUnsafe(6 + extended + length);
  bytes[0] = firstByte;
  bytes[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) bytes.writeUInt16BE(length, 2);
  if (extended === 8) bytes.writeBigUInt64BE(BigInt(length), 2);
  const key = randomBytes(4);
  const start = 2 + extended;
  bytes.set(key, start);
  for (let at = 0; at < length; at += 1) {
    bytes[start + 4 + at] = (payload[at] ?? 0) ^ (key[at & 3] ?? 0);
  }
  return bytes;
}

function asciiText(length: number): Buffer {
  const bytes = randomBytes(length);
  for (let at = 0; at < length; at += 1) {
    const character = 0x20 + ((bytes[at] ?? 0) % 95);
    // JSON would write these two in another way.
    bytes[at] = character === 0x22 || character === 0x5c ? 0x5f : character;
  }
  return bytes;
}

/** Half of the characters take two or three bytes. */
function nonAsciiText(length: number): Buffer {
  const bytes = Buffer.alloc(length, "z");
  let at = 0;
  while (at < length - 3) {
    const choice = randomInt(4);
    const first = choice === 0 ? 0x4e00 : choice === 1 ? 0x400 : 0x61;
    at += bytes.write(String.fromCodePoint(first + randomInt(choice < 2 ? 64 : 26)), at);
  }
  return bytes;
}

/** Rows as an application would send them: names that come back, numbers that do not. */
function jsonText(length: number): Buffer {
  const types = ["message", "presence", "price", "cursor"];
  const names = ["north", "south", "east", "west", "harbour", "bridge", "market", "tower"];
  const texts = ["is on the way", "arrived a moment ago", "was updated", "ok"];
  let text = "";
  while (text.length < length) {
    const row = {
      id: randomInt(2 ** 24),
      type: types[randomInt(types.length)],
      name: names[randomInt(names.length)],
      at: 10 ** 12 + randomInt(10 ** 12),
      text: texts[randomInt(texts.length)],
      value: randomInt(10 ** 7) / 100,
      ok: randomInt(2) === 1,
    };
    text += `${JSON.stringify(row)},`;
  }
  return Buffer.from(text.slice(0, length));
}

const makers = { binary: randomBytes, ascii: asciiText, utf8: nonAsciiText, json: jsonText };

export class Payloads {
  readonly plain: readonly Buffer[];
  readonly frames: readonly Buffer[];

  constructor({ kind, bytes, depth, deflate, raw }: Settings) {
    const wanted = Math.max(32, depth * 2);
    const count = Math.max(2, Math.min(wanted, Math.floor(mostBytes / bytes)));
    const opcode = kind === "binary" ? 2 : 1;
    this.plain = Array.from({ length: count }, () => makers[kind](bytes));
    this.frames = this.plain.map((payload) =>
      deflate === "none" || raw === 1
        ? frame(0x80 | opcode, payload)
        : frame(0xc0 | opcode, deflateMessage(payload)),
    );
  }
}

/** RFC 7692 §7.2.1: without the four bytes 00 00 FF FF at its end. */
function deflateMessage(payload: Uint8Array): Buffer {
  return deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}
