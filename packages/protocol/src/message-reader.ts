/**
 * Frames to messages (RFC 6455 §5.4–§5.6): fragments joined, control frames between them, text checked as it comes,
 * limits held before memory is taken. What a message makes the connection do is for the engine.
 */
import { ProtocolViolation } from "./errors.ts";
import type { FrameError, FrameHeader, PayloadRange, WholeSink } from "./frame-reader.ts";
import { FrameSequence } from "./frame-sequence.ts";
import type { Leniency } from "./leniency.ts";
import { MessageBuffer } from "./message-buffer.ts";
import type { MessageIntake, MessageSink, PartsOwner } from "./message-intake.ts";
import type { Decoded, MessageDecoder, MessageTransform } from "./message-transform.ts";
import { isControl, Opcode } from "./opcodes.ts";
import type { EngineLimits } from "./options.ts";
import type { PassingText } from "./passing-text.ts";
import type { Platform } from "./platform.ts";
import { Utf8Validator } from "./utf8.ts";

/** What a reader works with, whomever it serves. */
export interface ReaderParts {
  readonly platform: Platform;
  readonly settings: EngineLimits;
  readonly leniency: Leniency;
  readonly passing: PassingText;
}

export class MessageReader implements MessageIntake, WholeSink {
  // Both are there before anything is read.
  #sink!: MessageSink;
  #owner!: PartsOwner;
  #decoder: MessageDecoder | undefined;
  readonly #platform: Platform;
  readonly #limits: EngineLimits;
  readonly #passing: PassingText;
  readonly #checkUtf8AtMessageEnd: boolean;
  readonly #frames: FrameSequence;
  // Each is made when it is needed first: most messages come whole, and most connections see few control frames.
  #utf8: Utf8Validator | undefined;
  #message: MessageBuffer | undefined;
  #control: MessageBuffer | undefined;
  /** Opcode of the message that the extension works on elsewhere, or 0. */
  #waitingFor: number = Opcode.continuation;
  /** What came of it. */
  #decoded: Decoded | undefined;

  constructor({ platform, settings, leniency, passing }: ReaderParts) {
    this.#platform = platform;
    this.#limits = settings;
    this.#passing = passing;
    this.#checkUtf8AtMessageEnd = leniency.checkUtf8AtMessageEnd;
    this.#frames = new FrameSequence(settings);
  }

  serve(sink: MessageSink, owner: PartsOwner, transform: MessageTransform | undefined): void {
    this.#sink = sink;
    this.#owner = owner;
    this.#decoder = transform?.decoder;
    this.#frames.serve(transform);
  }

  get resting(): boolean {
    return this.#frames.resting && !this.waiting;
  }

  /** A message is being worked on elsewhere: nothing more is read until {@link proceed} has delivered it. */
  get waiting(): boolean {
    return this.#waitingFor !== Opcode.continuation;
  }

  /** Gives back the memory of a message that will not be finished. */
  discard(): void {
    this.#message?.clear();
    this.#control?.clear();
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

  get whole(): WholeSink {
    return this;
  }

  admits(byteLength: number): boolean {
    return this.#frames.admits(byteLength);
  }

  message(opcode: Opcode, bytes: Uint8Array, range: PayloadRange): FrameError | undefined {
    const { start, end, ascii } = range;
    if (opcode === Opcode.text && this.#sink.utf8 === undefined) {
      const text = ascii
        ? this.#platform.decodeAscii(bytes, start, end)
        : this.#platform.decodeUtf8(bytes, start, end);
      return this.#passText(text, bytes, range);
    }
    const message = bytes.subarray(start, end);
    if (opcode === Opcode.text && !ascii) return this.#deliverUtf8(message, false);
    if (opcode === Opcode.text) this.#sink.utf8?.(this.#copy(message));
    else this.#sink.binary(this.#copy(message));
    return undefined;
  }

  room(byteLength: number): Uint8Array | undefined {
    return isControl(this.#frames.frameOpcode) ? undefined : this.#message?.room(byteLength);
  }

  begin(header: FrameHeader): FrameError | undefined {
    return this.#frames.begin(header);
  }

  payload(bytes: Uint8Array, start: number, end: number): FrameError | undefined {
    const frames = this.#frames;
    if (isControl(frames.frameOpcode)) {
      this.#control ??= new MessageBuffer(this.#platform);
      this.#control.append(bytes, { start, end, expected: frames.frameLength });
      return undefined;
    }
    // A whole message in one piece, by far the most common case, is not gathered but handed on from where it lies.
    const whole = frames.fin && frames.fragments === 1 && end - start === frames.frameLength;
    if (whole) return this.#deliverWhole(bytes, start, end);
    if (this.#checksAsItComes()) {
      this.#utf8 ??= new Utf8Validator(this.#platform);
      if (!this.#utf8.push(bytes, start, end)) {
        return new ProtocolViolation("PROTOCOL_INVALID_UTF8");
      }
    }
    this.#message ??= new MessageBuffer(this.#platform);
    this.#message.append(bytes, { start, end, expected: frames.expectedBytes });
    return undefined;
  }

  end(): FrameError | undefined {
    const frames = this.#frames;
    if (isControl(frames.frameOpcode)) {
      return this.#owner.control(frames.frameOpcode, this.#taken(this.#control));
    }
    // Delivered from its only piece already.
    if (frames.opcode === Opcode.continuation || !frames.fin) return undefined;
    const opcode = frames.finish();
    if (frames.transformed) return this.#decode(opcode, this.#taken(this.#message), true);
    if (opcode === Opcode.text) return this.#deliverGathered();
    this.#sink.binary(this.#taken(this.#message));
    return undefined;
  }

  #checksAsItComes(): boolean {
    const { opcode, transformed } = this.#frames;
    return opcode === Opcode.text && !transformed && !this.#checkUtf8AtMessageEnd;
  }

  #deliverGathered(): FrameError | undefined {
    if (this.#sink.utf8 !== undefined) return this.#deliverUtf8(this.#taken(this.#message), true);
    return this.#deliverText(this.#message === undefined ? "" : this.#message.takeText());
  }

  /** What has been gathered: nothing where no byte has come. */
  #taken(buffer: MessageBuffer | undefined): Uint8Array {
    return buffer?.take() ?? this.#platform.allocate(0);
  }

  #deliverWhole(bytes: Uint8Array, start: number, end: number): FrameError | undefined {
    const opcode = this.#frames.finish();
    if (this.#frames.transformed) return this.#decode(opcode, bytes.subarray(start, end), false);
    if (opcode === Opcode.text && this.#sink.utf8 === undefined) {
      const text = this.#platform.decodeUtf8(bytes, start, end);
      return this.#passText(text, bytes, { start, end });
    }
    const message = bytes.subarray(start, end);
    if (opcode === Opcode.text) return this.#deliverUtf8(message, false);
    this.#sink.binary(this.#copy(message));
    return undefined;
  }

  /** @param kept whether `message` is the decoder's to keep */
  #decode(opcode: number, message: Uint8Array, kept: boolean): FrameError | undefined {
    const decoded = this.#decoder?.decode(message, {
      kept,
      maxMessageBytes: this.#limits.maxMessageBytes,
      done: (late) => this.#onDecoded(late),
    });
    if (decoded !== undefined) return this.#deliverDecoded(opcode, decoded, false);
    this.#waitingFor = opcode;
    return undefined;
  }

  #onDecoded(decoded: Decoded): void {
    this.#decoded = decoded;
    this.#owner.ready?.();
  }

  /** @param kept whether `decoded` is the receiver's to keep */
  #deliverDecoded(opcode: number, decoded: Decoded, kept: boolean): FrameError | undefined {
    if (decoded instanceof Error) return decoded;
    if (opcode === Opcode.text) {
      if (this.#sink.utf8 !== undefined) return this.#deliverUtf8(decoded, kept);
      return this.#deliverText(this.#platform.decodeUtf8(decoded, 0, decoded.byteLength));
    }
    this.#sink.binary(kept ? decoded : this.#copy(decoded));
    return undefined;
  }

  #copy(bytes: Uint8Array): Uint8Array {
    const message = this.#platform.allocate(bytes.byteLength);
    message.set(bytes);
    return message;
  }

  /** @param kept whether `text` is the receiver's to keep */
  #deliverUtf8(text: Uint8Array, kept: boolean): FrameError | undefined {
    if (!this.#platform.isUtf8(text, 0, text.byteLength)) {
      return new ProtocolViolation("PROTOCOL_INVALID_UTF8");
    }
    this.#sink.utf8?.(kept ? text : this.#copy(text));
    return undefined;
  }

  /** A text, or none, that came as `bytes[start, end)`. */
  #passText(
    text: string | undefined,
    bytes: Uint8Array,
    range: { readonly start: number; readonly end: number },
  ): FrameError | undefined {
    if (text === undefined) return this.#deliverText(text);
    this.#passing.enter(text, bytes, range);
    try {
      return this.#deliverText(text);
    } finally {
      // Also when a listener throws: the bytes are overwritten by what comes next.
      this.#passing.leave();
    }
  }

  /** A text that ends inside a character is not UTF-8 either (RFC 6455 §8.1). */
  #deliverText(text: string | undefined): FrameError | undefined {
    if (text === undefined) return new ProtocolViolation("PROTOCOL_INVALID_UTF8");
    this.#sink.text(text);
    return undefined;
  }
}
