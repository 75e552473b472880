/**
 * Bytes to frames (RFC 6455 §5.2).
 *
 * Reads headers, whole or in pieces, and hands on payloads as they arrive, unmasked. It knows the syntax of a frame
 * and which role masks; what frames mean together is for the message reader.
 */
import { LimitExceeded, ProtocolViolation } from "./errors.ts";
import { applyMask, unmaskPayload } from "./masking.ts";
import { Opcode } from "./opcodes.ts";
import type { Role } from "./options.ts";

/** The header of a frame that has just been read. One object is used for all: it is the sink's during the call only. */
export interface FrameHeader {
  fin: boolean;
  /** RSV1, RSV2 and RSV3 as a number from 0 to 7; RSV1 is 4. */
  reserved: number;
  opcode: number;
  /** Payload length in bytes. Above 2^53 it is only near the truth, and far above any limit. */
  length: number;
}

export type FrameError = ProtocolViolation | LimitExceeded;

/** Where a payload lies. One object is used for all. */
export interface PayloadRange {
  start: number;
  end: number;
  /** Whether it is known to be ASCII. */
  ascii: boolean;
}

/** Takes what is a whole message and lies in one piece. */
export interface WholeSink {
  /** Whether a message of one frame with `byteLength` bytes of payload would be taken now, by {@link message}. */
  admits(byteLength: number): boolean;
  /**
   * A message in one frame, no extension's bit on it, whose payload lies whole in `bytes`, unmasked. `bytes` is the
   * sink's until it returns.
   */
  message(opcode: Opcode, bytes: Uint8Array, range: PayloadRange): FrameError | undefined;
}

/** Takes frames apart from their syntax. Each answers with what is wrong, or with nothing. */
export interface FrameSink {
  /** The sink has to wait for something: it takes no more until that is over. */
  readonly waiting: boolean;
  /** Memory into which the next bytes of the payload, `byteLength` at most, are best read. */
  room?(byteLength: number): Uint8Array | undefined;
  /** Takes messages of one frame whole, where that is possible. */
  readonly whole: WholeSink | undefined;
  /** A header is complete, and none of its payload has been looked at. */
  begin(header: FrameHeader): FrameError | undefined;
  /** The next part of the payload, unmasked. `bytes` is the sink's until it returns. */
  payload(bytes: Uint8Array, start: number, end: number): FrameError | undefined;
  /** The payload is complete. */
  end(): FrameError | undefined;
}

const wholeText = 0x80 | Opcode.text;
const wholeBinary = 0x80 | Opcode.binary;

/** A masked frame without payload. */
const shortestFrame = 6;

const frameHeader: FrameHeader = { fin: false, reserved: 0, opcode: 0, length: 0 };

const payloadRange: PayloadRange = { start: 0, end: 0, ascii: false };

/** Two bytes, eight of extended length, four of key (RFC 6455 §5.2). */
const maxHeaderBytes = 14;

export class FrameReader {
  readonly #sink: FrameSink;
  readonly #masked: boolean;
  readonly #allowLongLengthForms: boolean;
  /** Payload bytes of the current frame. */
  #length = 0;
  /** The beginning of a header that was split over two reads. */
  #split: Uint8Array | undefined;
  #splitBytes = 0;
  #key = 0;
  /** Payload bytes of the current frame still to come; -1 between frames. */
  #remaining = -1;
  #stopped = false;
  /** What {@link #readMessages} has found wrong. */
  #error: FrameError | undefined;
  #consumed = 0;

  /** @param role of this side: a server reads masked frames, a client unmasked ones (RFC 6455 §5.1) */
  constructor(role: Role, sink: FrameSink, allowLongLengthForms = false) {
    this.#allowLongLengthForms = allowLongLengthForms;
    this.#masked = role === "server";
    this.#sink = sink;
  }

  /** How many bytes of the chunk that was read last have been taken: all, unless the sink waits. */
  get consumed(): number {
    return this.#consumed;
  }

  /** Whether the last frame is complete and nothing of the next has come; not while it is stopped. */
  get betweenFrames(): boolean {
    return this.#remaining < 0 && this.#splitBytes === 0 && !this.#stopped;
  }

  /** Memory into which the next bytes are best read, if there is any: it holds no more than the frame under way. */
  get room(): Uint8Array | undefined {
    return this.#remaining > 0 ? this.#sink.room?.(this.#remaining) : undefined;
  }

  /** Drops what is left of the current read and all that follows, until {@link restart}. */
  stop(): void {
    this.#stopped = true;
  }

  /** Reads again, where it has been stopped between two frames: whether it has been. */
  restart(): boolean {
    if (!this.#stopped || this.#remaining >= 0 || this.#splitBytes > 0) return false;
    this.#stopped = false;
    return true;
  }

  /**
   * Reads `chunk`, in which payloads are unmasked in place, until the sink waits. Answers with the first thing wrong.
   */
  read(chunk: Uint8Array): FrameError | undefined {
    let at = this.#readMessages(chunk);
    if (this.#error !== undefined) return this.#error;
    // A frame without payload ends without another byte, so the loop turns once more at the end of the chunk.
    while (
      !this.#stopped &&
      !this.#sink.waiting &&
      (at < chunk.byteLength || this.#remaining === 0)
    ) {
      let error: FrameError | undefined;
      if (this.#remaining < 0) {
        const before = at;
        at = this.#headerEnd(chunk, at);
        if (at < 0) return undefined;
        error = this.#begin(chunk, before, at);
      } else if (this.#remaining === 0) {
        this.#remaining = -1;
        error = this.#sink.end();
      } else {
        const end = Math.min(chunk.byteLength, at + this.#remaining);
        error = this.#payload(chunk, at, end);
        at = end;
      }
      if (error !== undefined) return error;
    }
    this.#consumed = at;
    return undefined;
  }

  /**
   * Reads messages of one short frame each as long as they lie whole in `chunk`, which is what most reads consist of:
   * the header is not taken apart into an object for them. Answers with where it stopped; what is there is for the others.
   */
  #readMessages(chunk: Uint8Array): number {
    const { whole } = this.#sink;
    if (whole === undefined) return 0;
    const { byteLength } = chunk;
    const range = payloadRange;
    let at = 0;
    while (this.#remaining < 0 && this.#splitBytes === 0 && at + shortestFrame <= byteLength) {
      const first = chunk[at]!;
      const second = chunk[at + 1]!;
      // FIN and no reserved bit (RFC 6455 §5.2), text or binary, a length of 7 or 16 bits.
      if ((first !== wholeText && first !== wholeBinary) || (second & 0x7f) === 127) break;
      if (second >= 0x80 !== this.#masked) break;
      let start = at + 2;
      let length = second & 0x7f;
      if (length === 126) {
        length = (chunk[at + 2]! << 8) | chunk[at + 3]!;
        if (length < 126) break;
        start += 2;
      }
      if (this.#masked) start += 4;
      const end = start + length;
      if (end > byteLength || this.#stopped || this.#sink.waiting || !whole.admits(length)) break;
      range.start = start;
      range.end = end;
      range.ascii = this.#masked && unmaskPayload(chunk, start, end);
      this.#error = whole.message(first === wholeText ? Opcode.text : Opcode.binary, chunk, range);
      at = end;
      if (this.#error !== undefined) break;
    }
    return at;
  }

  /**
   * Where the header that starts at `at` ends, or -1 when it is not complete: then its beginning is put by.
   */
  #headerEnd(chunk: Uint8Array, at: number): number {
    if (this.#splitBytes === 0) {
      const available = chunk.byteLength - at;
      if (available >= 2 && available >= headerBytes(chunk[at + 1]!)) {
        return at + headerBytes(chunk[at + 1]!);
      }
    }
    const split = (this.#split ??= new Uint8Array(maxHeaderBytes));
    let end = at;
    while (end < chunk.byteLength) {
      split[this.#splitBytes] = chunk[end]!;
      this.#splitBytes += 1;
      end += 1;
      if (this.#splitBytes >= 2 && this.#splitBytes === headerBytes(split[1]!)) return end;
    }
    return -1;
  }

  #begin(chunk: Uint8Array, start: number, end: number): FrameError | undefined {
    if (this.#splitBytes === 0) return this.#parse(chunk, start, end);
    const bytes = this.#splitBytes;
    this.#splitBytes = 0;
    return this.#parse(this.#split!, 0, bytes);
  }

  /** Reads the complete header in `bytes[start, end)`. */
  #parse(bytes: Uint8Array, start: number, end: number): FrameError | undefined {
    const first = bytes[start]!;
    const second = bytes[start + 1]!;
    const masked = (second & 0x80) !== 0;
    const header = frameHeader;
    header.fin = (first & 0x80) !== 0;
    header.reserved = (first >> 4) & 0x7;
    header.opcode = first & 0xf;
    header.length = payloadLength(bytes, start, second & 0x7f);
    if (masked !== this.#masked) return this.#wrongMask(header, masked);
    const error = this.#checkLength(header.length, second & 0x7f);
    if (error !== undefined) return error;
    if (masked) this.#key = int32(bytes, end - 4);
    this.#length = header.length;
    this.#remaining = header.length;
    return this.#sink.begin(header);
  }

  /** What is wrong with the bits that stand before the mask bit on the wire is told first. */
  #wrongMask(header: FrameHeader, masked: boolean): FrameError {
    return (
      this.#sink.begin(header) ??
      new ProtocolViolation(masked ? "PROTOCOL_MASKED_FRAME" : "PROTOCOL_UNMASKED_FRAME")
    );
  }

  #checkLength(length: number, form: number): FrameError | undefined {
    if (this.#allowLongLengthForms) {
      if (length > Number.MAX_SAFE_INTEGER) return new LimitExceeded("LIMIT_FRAME_LENGTH");
    } else if (length < shortestLengthOf(form)) {
      return new ProtocolViolation("PROTOCOL_LENGTH_NOT_MINIMAL");
    } else if (length >= 2 ** 63) {
      return new ProtocolViolation("PROTOCOL_LENGTH_TOP_BIT");
    }
    return undefined;
  }

  #payload(chunk: Uint8Array, start: number, end: number): FrameError | undefined {
    if (this.#masked) {
      const position = this.#length - this.#remaining;
      applyMask(chunk, this.#key, { start, end, position });
    }
    this.#remaining -= end - start;
    return this.#sink.payload(chunk, start, end);
  }
}

/** How long the header is whose second byte is `second`. */
function headerBytes(second: number): number {
  const form = second & 0x7f;
  const extended = form < 126 ? 0 : form === 126 ? 2 : 8;
  return 2 + extended + (second >= 0x80 ? 4 : 0);
}

/** The smallest length that may stand in the given form (RFC 6455 §5.2: the minimal number of bytes). */
function shortestLengthOf(form: number): number {
  return form < 126 ? 0 : form === 126 ? 126 : 65_536;
}

function payloadLength(bytes: Uint8Array, start: number, form: number): number {
  if (form < 126) return form;
  if (form === 126) return (bytes[start + 2]! << 8) | bytes[start + 3]!;
  return (int32(bytes, start + 2) >>> 0) * 2 ** 32 + (int32(bytes, start + 6) >>> 0);
}

/** Four bytes in network order. */
function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
