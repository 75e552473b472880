/**
 * Frames to messages (RFC 6455 §5.4–§5.6): fragments joined, control frames between them, text checked as it comes,
 * limits held before memory is taken. What a message makes the connection do is for the engine.
 */
import { ProtocolViolation, LimitExceeded } from "./errors.ts";
import type { FrameError, FrameHeader, FrameSink } from "./frame-reader.ts";
import { MessageBuffer } from "./message-buffer.ts";
import { isControl, isKnownOpcode, maxControlBytes, Opcode } from "./opcodes.ts";
import type { EngineLimits } from "./options.ts";
import type { Platform } from "./platform.ts";
import { Utf8Validator } from "./utf8.ts";

/** Takes whole messages. */
export interface MessageSink {
  text(message: string): void;
  /** `message` is the sink's to keep. */
  binary(message: Uint8Array): void;
  /** A control frame; `payload` is the sink's to keep. */
  control(opcode: Opcode, payload: Uint8Array): FrameError | undefined;
}

export class MessageReader implements FrameSink {
  readonly #sink: MessageSink;
  readonly #platform: Platform;
  readonly #limits: EngineLimits;
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

  constructor(sink: MessageSink, platform: Platform, limits: EngineLimits) {
    this.#sink = sink;
    this.#platform = platform;
    this.#limits = limits;
    this.#utf8 = new Utf8Validator(platform);
    this.#message = new MessageBuffer(platform);
    this.#control = new MessageBuffer(platform);
  }

  /** Gives back the memory of a message that will not be finished. */
  discard(): void {
    this.#message.clear();
    this.#control.clear();
  }

  begin(header: FrameHeader): FrameError | undefined {
    // No extension is negotiated that gives a reserved bit a meaning (§5.2).
    if (header.reserved !== 0) return new ProtocolViolation("PROTOCOL_RESERVED_BITS");
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
    if (this.#opcode === Opcode.text && !this.#utf8.push(bytes, start, end)) {
      return new ProtocolViolation("PROTOCOL_INVALID_UTF8");
    }
    // Only the last fragment's header tells how long the message will be.
    const expected = this.#fin ? this.#messageBytes : this.#limits.maxMessageBytes;
    this.#message.append(bytes, { start, end, expected });
    return undefined;
  }

  end(): FrameError | undefined {
    if (isControl(this.#frameOpcode)) {
      return this.#sink.control(this.#frameOpcode, this.#control.take());
    }
    // Delivered from its only piece already.
    if (this.#opcode === Opcode.continuation || !this.#fin) return undefined;
    const opcode = this.#opcode;
    this.#opcode = Opcode.continuation;
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
      this.#messageBytes = 0;
      this.#fragments = 0;
    }
    this.#fragments += 1;
    this.#messageBytes += header.length;
    return this.#checkLimits(header);
  }

  #checkLimits(header: FrameHeader): LimitExceeded | undefined {
    const { maxFrameBytes, maxMessageBytes, maxFragments } = this.#limits;
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
    if (opcode === Opcode.text) {
      return this.#deliverText(this.#platform.decodeUtf8(bytes, start, end));
    }
    const message = this.#platform.allocate(end - start);
    message.set(bytes.subarray(start, end));
    this.#sink.binary(message);
    return undefined;
  }

  /** A text that ends inside a character is not UTF-8 either (RFC 6455 §8.1). */
  #deliverText(text: string | undefined): FrameError | undefined {
    this.#utf8.reset();
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
