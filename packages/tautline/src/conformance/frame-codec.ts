/**
 * The tester's own frames (RFC 6455 §5.2), written a second time on purpose: a mistake in Tautline's codec must not
 * hide itself. It encodes whatever a case asks for, legal or not, and reads strictly.
 */
import { randomBytes } from "node:crypto";

export interface Frame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly payload: Buffer;
}

export type TesterRole = "client" | "server";

/** What the peer's frame did wrong. */
export class FrameViolation extends Error {}

/** Head of a frame; with a masking key for a client's frame (RFC 6455 §5.3). */
export function encodeHead(
  frame: Omit<Frame, "payload">,
  byteLength: number,
  key: Buffer | undefined,
): Buffer {
  const first = (frame.fin ? 0x80 : 0) | (frame.rsv << 4) | frame.opcode;
  const maskBit = key === undefined ? 0 : 0x80;
  let head: Buffer;
  if (byteLength < 126) {
    head = Buffer.from([first, maskBit | byteLength]);
  } else if (byteLength < 65_536) {
    head = Buffer.from([first, maskBit | 126, byteLength >> 8, byteLength & 0xff]);
  } else {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = maskBit | 127;
    head.writeBigUInt64BE(BigInt(byteLength), 2);
  }
  return key === undefined ? head : Buffer.concat([head, key]);
}

/** A masked copy; `offset` is where in the frame's payload the bytes stand. */
export function masked(bytes: Uint8Array, key: Buffer | undefined, offset = 0): Uint8Array {
  if (key === undefined) return bytes;
  const keyByte = (i: number): number => key[(offset + i) & 3] ?? 0;
  const [a, b, c, d] = [keyByte(0), keyByte(1), keyByte(2), keyByte(3)];
  const copy = Uint8Array.from(bytes);
  for (let i = 0; i < copy.byteLength; i += 4) {
    // What is written behind the end of a typed array goes nowhere.
    copy[i] = (copy[i] ?? 0) ^ a;
    copy[i + 1] = (copy[i + 1] ?? 0) ^ b;
    copy[i + 2] = (copy[i + 2] ?? 0) ^ c;
    copy[i + 3] = (copy[i + 3] ?? 0) ^ d;
  }
  return copy;
}

export function maskKeyFor(role: TesterRole): Buffer | undefined {
  return role === "client" ? randomBytes(4) : undefined;
}

export function encodeFrame(frame: Frame, role: TesterRole): Uint8Array[] {
  const key = maskKeyFor(role);
  return [encodeHead(frame, frame.payload.byteLength, key), masked(frame.payload, key)];
}

interface Head {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly key: Buffer | undefined;
  readonly start: number;
  readonly end: number;
}

/** Cuts the peer's bytes into frames. */
export class FrameDecoder {
  readonly #peerMasks: boolean;
  #chunks: Buffer[] = [];
  #byteLength = 0;
  /** Bytes without which nothing new can be said. */
  #needed = 2;

  /** @param role the tester's: a server's peer masks, a client's does not */
  constructor(role: TesterRole) {
    this.#peerMasks = role === "server";
  }

  /** @throws FrameViolation */
  *read(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#byteLength += chunk.byteLength;
    if (this.#byteLength < this.#needed) return;
    let bytes = Buffer.concat(this.#chunks);
    for (;;) {
      const head = this.#head(bytes);
      if (head === undefined || bytes.byteLength < head.end) break;
      const { fin, rsv, opcode, key } = head;
      const payload = Buffer.from(masked(bytes.subarray(head.start, head.end), key));
      bytes = bytes.subarray(head.end);
      yield { fin, rsv, opcode, payload };
    }
    this.#chunks = [bytes];
    this.#byteLength = bytes.byteLength;
  }

  #head(bytes: Buffer): Head | undefined {
    this.#needed = 2;
    if (bytes.byteLength < 2) return undefined;
    const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
    const isMasked = second >= 0x80;
    if (isMasked !== this.#peerMasks) {
      throw new FrameViolation(isMasked ? "masked frame" : "unmasked frame");
    }
    const short = second & 0x7f;
    const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
    const start = 2 + lengthBytes + (isMasked ? 4 : 0);
    this.#needed = start;
    if (bytes.byteLength < start) return undefined;
    const byteLength = longLength(bytes, short);
    this.#needed = start + byteLength;
    const key = isMasked ? Buffer.from(bytes.subarray(start - 4, start)) : undefined;
    const head = { fin: first >= 0x80, rsv: (first >> 4) & 7, opcode: first & 15, key, start };
    return { ...head, end: start + byteLength };
  }
}

function longLength(bytes: Buffer, short: number): number {
  if (short < 126) return short;
  const long = short === 126 ? BigInt(bytes.readUInt16BE(2)) : bytes.readBigUInt64BE(2);
  if (long < (short === 126 ? 126n : 65_536n)) {
    throw new FrameViolation("length not in its shortest form");
  }
  if (long > 2n ** 40n) throw new FrameViolation(`length ${long}`);
  return Number(long);
}
