/**
 * Frames as tests write and read them. It shares nothing with the engine's own reader and writer, and unlike those it
 * can build what RFC 6455 forbids: wrong lengths, reserved bits, masks on the wrong side.
 */
import type { Role } from "@tautline/protocol";

export const opcodes = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** A frame to build. What is left out is as the RFC wants it. */
export interface Frame {
  readonly opcode: number;
  readonly payload?: Uint8Array;
  readonly fin?: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly reserved?: number;
  /** Without it, a frame for a server is masked and one for a client is not (§5.1). */
  readonly masked?: boolean;
  readonly key?: readonly [number, number, number, number];
  /** The form of the length in bits. Without it: the shortest that holds the length (§5.2). */
  readonly lengthBits?: 7 | 16 | 64;
  /** The length that the header claims, when it is not the payload's. */
  readonly claimedLength?: bigint;
}

/** A frame, or bytes as they are. */
export type Wire = Frame | Uint8Array;

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes from hexadecimal digits; white space is for the reader. */
export function hex(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replaceAll(/\s/g, ""), "hex"));
}

/** `byteLength` bytes that differ from their neighbours, so that a shift or a wrong key byte shows. */
export function filler(byteLength: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

type Rest = Omit<Frame, "opcode" | "payload">;

export function text(payload: string | Uint8Array, rest: Rest = {}): Frame {
  return { opcode: opcodes.text, payload: asBytes(payload), ...rest };
}

export function binary(payload: Uint8Array, rest: Rest = {}): Frame {
  return { opcode: opcodes.binary, payload, ...rest };
}

export function continuation(payload: string | Uint8Array, rest: Rest = {}): Frame {
  return { opcode: opcodes.continuation, payload: asBytes(payload), ...rest };
}

export function ping(payload: string | Uint8Array = "", rest: Rest = {}): Frame {
  return { opcode: opcodes.ping, payload: asBytes(payload), ...rest };
}

export function pong(payload: string | Uint8Array = "", rest: Rest = {}): Frame {
  return { opcode: opcodes.pong, payload: asBytes(payload), ...rest };
}

/** A Close frame with a code and a reason, whatever their worth; without a code it is empty. */
export function close(code?: number, reason: string | Uint8Array = ""): Frame {
  const payload =
    code === undefined ? [] : [hex(code.toString(16).padStart(4, "0")), asBytes(reason)];
  return { opcode: opcodes.close, payload: joined(payload) };
}

/** All but the last fragment of a message. */
export const more = { fin: false } as const;

function asBytes(payload: string | Uint8Array): Uint8Array {
  return typeof payload === "string" ? utf8(payload) : payload;
}

/** The bytes of `wire` as a peer of `reader` sends them. */
export function encode(wire: readonly Wire[], reader: Role): Uint8Array {
  return joined(
    wire.map((part) => (part instanceof Uint8Array ? part : encodeFrame(part, reader))),
  );
}

function encodeFrame(frame: Frame, reader: Role): Uint8Array {
  const payload = frame.payload ?? new Uint8Array(0);
  const length = frame.claimedLength ?? BigInt(payload.byteLength);
  const bits = frame.lengthBits ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64);
  const masked = frame.masked ?? reader === "server";
  const head = new DataView(new ArrayBuffer(bits === 7 ? 2 : bits === 16 ? 4 : 10));
  head.setUint8(0, (frame.fin === false ? 0 : 0x80) | ((frame.reserved ?? 0) << 4) | frame.opcode);
  head.setUint8(1, (masked ? 0x80 : 0) | (bits === 7 ? Number(length) : bits === 16 ? 126 : 127));
  if (bits === 16) head.setUint16(2, Number(length));
  if (bits === 64) head.setBigUint64(2, length);
  const headBytes = new Uint8Array(head.buffer);
  if (!masked) return joined([headBytes, payload]);
  const key = frame.key ?? [0x37, 0xfa, 0x21, 0x3d];
  const hidden = payload.map((byte, index) => byte ^ (key[index % 4] ?? 0));
  return joined([headBytes, Uint8Array.from(key), hidden]);
}

/** A frame that was read back. */
export interface ReadFrame {
  readonly fin: boolean;
  readonly reserved: number;
  readonly opcode: number;
  readonly key: readonly number[] | undefined;
  readonly payload: Uint8Array;
}

/** Takes `bytes` apart into whole frames; throws when a length is not in its shortest form or bytes are left over. */
export function decode(bytes: Uint8Array): ReadFrame[] {
  const frames: ReadFrame[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.byteLength) {
    const first = view.getUint8(at);
    const second = view.getUint8(at + 1);
    const { length, lengthBytes } = readLength(view, at + 1);
    at += 2 + lengthBytes;
    const key = second >= 0x80 ? [...bytes.subarray(at, at + 4)] : undefined;
    if (key !== undefined) at += 4;
    if (at + length > bytes.byteLength) throw new Error(`a frame of ${length} bytes is cut off`);
    const payload = bytes
      .slice(at, at + length)
      .map((byte, index) => byte ^ (key?.[index % 4] ?? 0));
    at += length;
    frames.push({
      fin: first >= 0x80,
      reserved: (first >> 4) & 7,
      opcode: first & 15,
      key,
      payload,
    });
  }
  return frames;
}

function readLength(view: DataView, at: number): { length: number; lengthBytes: number } {
  const form = view.getUint8(at) & 0x7f;
  if (form < 126) return { length: form, lengthBytes: 0 };
  const long = form === 127;
  const length = long ? Number(view.getBigUint64(at + 1)) : view.getUint16(at + 1);
  if (length < (long ? 65_536 : 126)) throw new Error(`${length} is not in its shortest form`);
  return { length, lengthBytes: long ? 8 : 2 };
}
