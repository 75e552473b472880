/**
 * A message that goes to many: encoded and framed once, then only bytes to append.
 */
import { headerByteLength, writeHeader } from "./frame-writer.ts";
import { Opcode } from "./opcodes.ts";
import type { Platform } from "./platform.ts";

/** Made by {@link prepareMessage}; the same one may be sent on any number of connections, at any time. */
export class PreparedMessage {
  /** What was prepared. Bytes must not change as long as the message is in use. */
  readonly data: string | Uint8Array;
  /** Length of the payload in bytes. */
  readonly byteLength: number;
  /** The whole unmasked frame, as servers send it. Not to be changed. */
  readonly frame: Uint8Array;

  /** @internal use {@link prepareMessage} */
  constructor(data: string | Uint8Array, byteLength: number, frame: Uint8Array) {
    this.data = data;
    this.byteLength = byteLength;
    this.frame = frame;
  }
}

/** Frames `data` once, for all connections of servers (a client masks every frame afresh, RFC 6455 §5.3). */
export function prepareMessage(data: string | Uint8Array, platform: Platform): PreparedMessage {
  const text = typeof data === "string";
  const byteLength = text ? platform.textByteLength(data) : data.byteLength;
  const frame = platform.allocate(headerByteLength(byteLength) + byteLength);
  const opcode = text ? Opcode.text : Opcode.binary;
  const at = writeHeader(frame, 0, { opcode, byteLength, masked: false });
  if (text) platform.encodeText(data, frame, at);
  else frame.set(data, at);
  return new PreparedMessage(data, byteLength, frame);
}
