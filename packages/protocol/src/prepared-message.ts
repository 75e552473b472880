/**
 * A message that goes to many: encoded and framed once, then only bytes to append.
 */
import { headerByteLength, writeHeader } from "./frame-writer.ts";
import { Opcode } from "./opcodes.ts";
import type { Platform } from "./platform.ts";
import { PreparedEncoding } from "./prepared-encoding.ts";

/** Made by {@link prepareMessage}; the same one may be sent on any number of connections, at any time. */
export class PreparedMessage {
  /** What was prepared. Bytes must not change as long as the message is in use. */
  readonly data: string | Uint8Array;
  /** Length of the payload in bytes. */
  readonly byteLength: number;
  /** The whole unmasked frame, as servers send it. Not to be changed. */
  readonly frame: Uint8Array;
  /** Made when somebody asks for one. */
  #encodings: Map<string, PreparedEncoding> | undefined;

  /** @internal use {@link prepareMessage} */
  constructor(data: string | Uint8Array, byteLength: number, frame: Uint8Array) {
    this.data = data;
    this.byteLength = byteLength;
    this.frame = frame;
  }

  get opcode(): Opcode {
    return typeof this.data === "string" ? Opcode.text : Opcode.binary;
  }

  /** What stands in the frame behind its header. Not to be changed. */
  get payload(): Uint8Array {
    return this.frame.subarray(this.frame.byteLength - this.byteLength);
  }

  /** The form that extensions call `key`; it is kept as long as the message. */
  encoding(key: string): PreparedEncoding {
    this.#encodings ??= new Map();
    let encoding = this.#encodings.get(key);
    if (encoding === undefined) {
      encoding = new PreparedEncoding();
      this.#encodings.set(key, encoding);
    }
    return encoding;
  }
}

/** Frames `data` once, for all connections of servers (a client masks every frame afresh, RFC 6455 §5.3). */
export function prepareMessage(data: string | Uint8Array, platform: Platform): PreparedMessage {
  const text = typeof data === "string";
  const byteLength = text ? platform.textByteLength(data) : data.byteLength;
  const frame = platform.allocate(headerByteLength(byteLength) + byteLength);
  const opcode = text ? Opcode.text : Opcode.binary;
  const at = writeHeader(frame, 0, { opcode, reserved: 0, byteLength, masked: false });
  if (text) platform.encodeText(data, frame, at);
  else frame.set(data, at);
  return new PreparedMessage(data, byteLength, frame);
}
