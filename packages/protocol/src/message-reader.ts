/**
 * Frames to messages (RFC 6455 §5.4–§5.6): fragments joined, control frames between them, text checked as it comes,
 * limits held before memory is taken. What a message makes the connection do is for the engine.
 */
import { ProtocolViolation, LimitExceeded } from "./errors.ts";
import type { FrameError, FrameHeader, FrameSink } from "./frame-reader.ts";
import { MessageBuffer } from "./message-buffer.ts";
import type { Decoded, MessageDecoder, MessageTransform } from "./message-transform.ts";
import { isControl, isKnownOpcode, maxControlBytes, Opcode } from "./opcodes.ts";
import type { EngineLimits } from "./options.ts";
import type { Platform } from "./platform.ts";
import { Utf8Validator } from "./utf8.ts";

/** Takes whole messages. */
export interface MessageSink {
  text(message: string): void;
  /** `message` is the sink's to keep. */
  binary(message: Uint8Array): void;
}

/** Takes a control frame, whose payload is its to keep, and answers with what is wrong. */
export type TakeControl = (opcode: Opcode, payload: Uint8Array) => FrameError | undefined;

/** What a reader works with. */
export interface ReaderParts {
  readonly sink: MessageSink;
  readonly control: TakeControl;
  readonly platform: Platform;
  readonly limits: EngineLimits;
  readonly transform: MessageTransform | undefined;
  /** Work done elsewhere is back: {@link MessageReader.proceed} has something to do. */
  readonly ready: (() => void) | undefined;
}

export class MessageReader implements FrameSink {
  readonly #sink: MessageSink;
  readonly #takeControl: TakeControl;
  readonly #platform: Platform;
  readonly #limits: EngineLimits;
  /** The bit that marks messages for the decoder. */
  readonly #reserved: number;
  readonly #decoder: MessageDecoder | undefined;
  readonly #ready: (() => void) | undefined;
  readonly #utf8: Utf8Validator;
  readonly #message: MessageBuffer;
  readonly #control: MessageBuffer;
  /** Of the current frame. */
  #frameOpcode: Opcode = Opcode.continuation;
  #frameLength = 0;
  #fin = false;
  /** Of the message being joined: its first frame's opcode, or 0 between messages. */
  #opcode: number = Opcode.continuation;
  #messageBytes = 0;
  #fragments = 0;
  /** Its first frame carries the bit of the extension that is in force. */
  #transformed = false;
  /** Opcode of the message that the extension works on elsewhere, or 0. */
  #waitingFor: number = Opcode.continuation;
  /** What came of it. */
  #decoded: Decoded | undefined;

  constructor({ sink, control, platform, limits, transform, ready }: ReaderParts) {
    this.#sink = sink;
    this.#takeControl = control;
    this.#platform = platform;
    this.#limits = limits;
    this.#reserved = transform?.reservedBits ?? 0;
    this.#decoder = transform?.decoder;
    this.#ready = ready;
    this.#utf8 = new Utf8Validator(platform);
    this.#message = new MessageBuffer(platform);
    this.#control = new MessageBuffer(platform);
  }

  /** A message is being worked on elsewhere: nothing more is read until {@link proceed} has delivered it. */
  get waiting(): boolean {
    return this.#waitingFor !== Opcode.continuation;
  }

  /** Gives back the memory of a message that will not be finished. */
  discard(): void {
    this.#message.clear();
    this.#control.clear();
    this.#decoder?.close();
    this.#waitingFor = Opcode.continuation;
    this.#decoded = undefined;
  }

  /** Delivers the message that was worked on elsewhere, if it is back. */
  proceed(): FrameError | undefined {
    const decoded = this.#decoded;
    if (decoded === undefined) return undefined;
    const opcode = this.#waitingFor;
    this.#waitingFor = Opcode.continuation;
    this.#decoded = undefined;
    return this.#deliverDecoded(opcode, decoded, true);
  }

  begin(header: FrameHeader): FrameError | undefined {
    if (header.reserved !== 0 && !this.#isMarked(header)) {
      return new ProtocolViolation("PROTOCOL_RESERVED_BITS");
    }
    if (!isKnownOpcode(header.opcode)) {
      return new ProtocolViolation("PROTOCOL_RESERVED_OPCODE", `0x${header.opcode.toString(16)}`);
    }
    this.#frameOpcode = header.opcode;
    this.#frameLength = header.length;
    this.#fin = header.fin;
    return isControl(header.opcode) ? checkControl(header) : this.#beginData(header);
  }

  payload(bytes: Uint8Array, start: number, end: number): FrameError | undefined {
    if (isControl(this.#frameOpcode)) {
      this.#control.append(bytes, { start, end, expected: this.#frameLength });
      return undefined;
    }
    // A whole message in one piece, by far the most common case, is not gathered but handed on from where it lies.
    const whole = this.#fin && this.#fragments === 1 && end - start === this.#frameLength;
    if (whole) return this.#deliverWhole(bytes, start, end);
    const text = this.#opcode === Opcode.text && !this.#transformed;
    if (text && !this.#utf8.push(bytes, start, end)) {
      return new ProtocolViolation("PROTOCOL_INVALID_UTF8");
    }
    // Only the last fragment's header tells how long the message will be.
    const expected = this.#fin ? this.#messageBytes : this.#maxMessageBytes();
    this.#message.append(bytes, { start, end, expected });
    return undefined;
  }

  end(): FrameError | undefined {
    if (isControl(this.#frameOpcode)) {
      return this.#takeControl(this.#frameOpcode, this.#control.take());
    }
    // Delivered from its only piece already.
    if (this.#opcode === Opcode.continuation || !this.#fin) return undefined;
    const opcode = this.#opcode;
    this.#opcode = Opcode.continuation;
    if (this.#transformed) return this.#decode(opcode, this.#message.take(), true);
    if (opcode === Opcode.text) return this.#deliverText(this.#message.takeText());
    this.#sink.binary(this.#message.take());
    return undefined;
  }

  #beginData(header: FrameHeader): FrameError | undefined {
    if (header.opcode === Opcode.continuation) {
      if (this.#opcode === Opcode.continuation) {
        return new ProtocolViolation("PROTOCOL_UNEXPECTED_CONTINUATION");
      }
    } else {
      if (this.#opcode !== Opcode.continuation) {
        return new ProtocolViolation("PROTOCOL_EXPECTED_CONTINUATION");
      }
      this.#opcode = header.opcode;
      this.#transformed = header.reserved !== 0;
      this.#messageBytes = 0;
      this.#fragments = 0;
    }
    this.#fragments += 1;
    this.#messageBytes += header.length;
    return this.#checkLimits(header);
  }

  /**
   * Whether the reserved bits are those of the extension in force and stand where they may: on the first frame of a
   * message (§5.2; RFC 7692 §6: never on a control frame, nor on a continuation).
   */
  #isMarked({ reserved, opcode }: FrameHeader): boolean {
    return reserved === this.#reserved && (opcode === Opcode.text || opcode === Opcode.binary);
  }

  /** How long the message may be, in the form in which it comes. */
  #maxMessageBytes(): number {
    const { maxMessageBytes } = this.#limits;
    if (!this.#transformed || this.#decoder === undefined) return maxMessageBytes;
    return this.#decoder.maxEncodedBytes(maxMessageBytes);
  }

  #checkLimits(header: FrameHeader): LimitExceeded | undefined {
    const { maxFrameBytes, maxFragments } = this.#limits;
    const maxMessageBytes = this.#maxMessageBytes();
    if (header.length > maxFrameBytes) {
      return new LimitExceeded("LIMIT_FRAME_BYTES", `${header.length} > ${maxFrameBytes}`);
    }
    if (this.#messageBytes > maxMessageBytes) {
      return new LimitExceeded("LIMIT_MESSAGE_BYTES", `${this.#messageBytes} > ${maxMessageBytes}`);
    }
    if (this.#fragments > maxFragments) {
      return new LimitExceeded("LIMIT_FRAGMENTS", `${maxFragments}`);
    }
    return undefined;
  }

  #deliverWhole(bytes: Uint8Array, start: number, end: number): FrameError | undefined {
    const opcode = this.#opcode;
    this.#opcode = Opcode.continuation;
    if (this.#transformed) return this.#decode(opcode, bytes.subarray(start, end), false);
    if (opcode === Opcode.text) {
      return this.#deliverText(this.#platform.decodeUtf8(bytes, start, end));
    }
    this.#deliverCopy(bytes.subarray(start, end));
    return undefined;
  }

  /** @param kept whether `message` is the decoder's to keep */
  #decode(opcode: number, message: Uint8Array, kept: boolean): FrameError | undefined {
    const decoded = this.#decoder?.decode(message, {
      kept,
      maxMessageBytes: this.#limits.maxMessageBytes,
      done: this.#onDecoded,
    });
    if (decoded !== undefined) return this.#deliverDecoded(opcode, decoded, false);
    this.#waitingFor = opcode;
    return undefined;
  }

  readonly #onDecoded = (decoded: Decoded): void => {
    this.#decoded = decoded;
    this.#ready?.();
  };

  /** @param kept whether `decoded` is the receiver's to keep */
  #deliverDecoded(opcode: number, decoded: Decoded, kept: boolean): FrameError | undefined {
    if (decoded instanceof Error) return decoded;
    if (opcode === Opcode.text) {
      return this.#deliverText(this.#platform.decodeUtf8(decoded, 0, decoded.byteLength));
    }
    if (kept) this.#sink.binary(decoded);
    else this.#deliverCopy(decoded);
    return undefined;
  }

  #deliverCopy(bytes: Uint8Array): void {
    const message = this.#platform.allocate(bytes.byteLength);
    message.set(bytes);
    this.#sink.binary(message);
  }

  /** A text that ends inside a character is not UTF-8 either (RFC 6455 §8.1). */
  #deliverText(text: string | undefined): FrameError | undefined {
    if (text === undefined) return new ProtocolViolation("PROTOCOL_INVALID_UTF8");
    this.#sink.text(text);
    return undefined;
  }
}

function checkControl(header: FrameHeader): ProtocolViolation | undefined {
  if (!header.fin) return new ProtocolViolation("PROTOCOL_CONTROL_FRAGMENTED");
  if (header.length > maxControlBytes) {
    return new ProtocolViolation("PROTOCOL_CONTROL_TOO_LONG", `${header.length} bytes`);
  }
  return undefined;
}
