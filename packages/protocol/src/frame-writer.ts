/**
 * Messages to bytes (RFC 6455 §5.2, §5.3): headers in their shortest form, payloads masked where this side is the
 * client. The caller's bytes are never changed: what must be masked is masked in the copy that is sent.
 */
import { applyMask } from "./masking.ts";
import { Opcode } from "./opcodes.ts";
import type { Role } from "./options.ts";
import type { OutputQueue } from "./output-queue.ts";
import type { PassingText } from "./passing-text.ts";
import type { Platform } from "./platform.ts";

/** From this size on an unmasked payload is sent from where it lies instead of being copied. */
const referencedFromBytes = 16 * 1024;

const textForm: FrameForm = Object.freeze({ opcode: Opcode.text, reserved: 0 });

const finBit = 0x80;
const maskBit = 0x80;

/** What a header says of its frame beside the length. */
export interface FrameForm {
  readonly opcode: Opcode;
  /** RSV1 to RSV3 as a number, RSV1 being 4, where an extension has given them a meaning (RFC 6455 §5.2). */
  readonly reserved: number;
  /** False for every fragment but the last (RFC 6455 §5.4). Default true. */
  readonly fin?: boolean;
}

/** A part of a message that is sent as it comes: the first has the message's opcode, the others are continuations. */
export interface Fragment {
  readonly opcode: Opcode;
  readonly payload: Uint8Array;
  /** Whether it is the last. */
  readonly fin: boolean;
}

/** Writes the header of a frame into `target` and returns where the payload begins. */
export function writeHeader(
  target: Uint8Array,
  at: number,
  frame: FrameForm & { readonly byteLength: number; readonly masked: boolean },
): number {
  const { byteLength } = frame;
  const mask = frame.masked ? maskBit : 0;
  target[at] = (frame.fin === false ? 0 : finBit) | (frame.reserved << 4) | frame.opcode;
  if (byteLength < 126) {
    target[at + 1] = mask | byteLength;
    return at + 2;
  }
  if (byteLength < 65_536) {
    target[at + 1] = mask | 126;
    target[at + 2] = byteLength >> 8;
    target[at + 3] = byteLength;
    return at + 4;
  }
  target[at + 1] = mask | 127;
  writeUint32(target, at + 2, Math.floor(byteLength / 2 ** 32));
  writeUint32(target, at + 6, byteLength);
  return at + 10;
}

/** How long the header of a frame with `byteLength` bytes of payload is, without a masking key. */
export function headerByteLength(byteLength: number): number {
  return byteLength < 126 ? 2 : byteLength < 65_536 ? 4 : 10;
}

function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}

/** A whole unmasked frame, in memory of its own. */
export function framed(payload: Uint8Array, form: FrameForm, platform: Platform): Uint8Array {
  const { byteLength } = payload;
  const frame = platform.allocate(headerByteLength(byteLength) + byteLength);
  frame.set(payload, writeHeader(frame, 0, { ...form, byteLength, masked: false }));
  return frame;
}

/** What a writer works with. */
interface WriterParts {
  /** Of this side: a client masks (RFC 6455 §5.1). */
  readonly role: Role;
  readonly platform: Platform;
  readonly passing: PassingText;
}

export class FrameWriter {
  readonly #output: OutputQueue;
  readonly #platform: Platform;
  readonly #passing: PassingText;
  readonly #masked: boolean;

  constructor({ role, platform, passing }: WriterParts, output: OutputQueue) {
    this.#masked = role === "client";
    this.#output = output;
    this.#platform = platform;
    this.#passing = passing;
  }

  /** Queues `text` as one text frame. */
  text(text: string): void {
    const bytes = this.#passing.bytesOf(text);
    if (bytes !== undefined) {
      this.#copy(textForm, bytes);
      return;
    }
    const byteLength = this.#platform.textByteLength(text);
    const at = this.#header(textForm, byteLength, byteLength);
    // Only a text of as many bytes as characters is ASCII.
    if (byteLength === text.length) this.#platform.encodeAscii(text, this.#output.memory, at);
    else this.#platform.encodeText(text, this.#output.memory, at);
    this.#mask(at, byteLength);
  }

  /** Queues `payload` as one frame. A large one sent by a server is not copied and must not change until written. */
  frame(opcode: Opcode, payload: Uint8Array, reserved = 0): void {
    if (this.#masked || payload.byteLength < referencedFromBytes) {
      this.copied(opcode, payload, reserved);
      return;
    }
    this.#header({ opcode, reserved }, payload.byteLength, 0);
    this.#output.reference(payload);
  }

  /** Queues one frame of a message that is sent in fragments, copied or not as {@link frame}. */
  fragment({ opcode, payload, fin }: Fragment): void {
    const { byteLength } = payload;
    const form: FrameForm = { opcode, reserved: 0, fin };
    if (this.#masked || byteLength < referencedFromBytes) {
      this.#copy(form, payload);
      return;
    }
    this.#header(form, byteLength, 0);
    this.#output.reference(payload);
  }

  /** Queues a copy of `payload` as one frame. */
  copied(opcode: Opcode, payload: Uint8Array, reserved: number): void {
    this.#copy({ opcode, reserved }, payload);
  }

  #copy(form: FrameForm, payload: Uint8Array): void {
    const { byteLength } = payload;
    const at = this.#header(form, byteLength, byteLength);
    this.#output.memory.set(payload, at);
    this.#mask(at, byteLength);
  }

  /** Queues an unmasked frame that many connections send, and that never changes: from where it lies, if possible. */
  shared(frame: Uint8Array): void {
    if (this.#output.takesShared) this.#output.reference(frame);
    else this.framed(frame);
  }

  /** Queues bytes that are an unmasked frame already. */
  framed(bytes: Uint8Array): void {
    if (bytes.byteLength >= referencedFromBytes) {
      this.#output.reference(bytes);
    } else {
      const at = this.#output.reserve(bytes.byteLength);
      this.#output.memory.set(bytes, at);
    }
  }

  /** Makes room for a header and `room` bytes of payload, writes the header and returns where the payload goes. */
  #header(form: FrameForm, byteLength: number, room: number): number {
    const keyBytes = this.#masked ? 4 : 0;
    const start = this.#output.reserve(headerByteLength(byteLength) + keyBytes + room);
    const { memory } = this.#output;
    const { opcode, reserved, fin = true } = form;
    const at = writeHeader(memory, start, {
      opcode,
      reserved,
      fin,
      byteLength,
      masked: this.#masked,
    });
    if (this.#masked) this.#platform.fillRandom(memory.subarray(at, at + 4));
    return at + keyBytes;
  }

  /** Masks the payload that was written to `start`, with the key that stands before it. */
  #mask(start: number, byteLength: number): void {
    if (!this.#masked) return;
    const { memory } = this.#output;
    const key =
      (memory[start - 4]! << 24) |
      (memory[start - 3]! << 16) |
      (memory[start - 2]! << 8) |
      memory[start - 1]!;
    applyMask(memory, key, { start, end: start + byteLength, position: 0 });
  }
}
