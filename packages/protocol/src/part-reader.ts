/**
 * Frames to parts of messages (RFC 6455 §5.4–§5.6): payloads are handed on as they arrive and nothing is gathered, so a
 * message may be as long as it likes. Text is checked as it comes. A compressed message is inflated no further than the
 * application wants: while it does not read, the rest waits.
 */
import { LimitExceeded, ProtocolViolation } from "./errors.ts";
import type { FrameError, FrameHeader } from "./frame-reader.ts";
import { FrameSequence } from "./frame-sequence.ts";
import { MessageBuffer } from "./message-buffer.ts";
import type { MessageIntake, MessageSink, PartsOwner } from "./message-intake.ts";
import type { MessageParts } from "./message-parts.ts";
import type { ReaderParts } from "./message-reader.ts";
import type { MessageDecoder, MessageTransform, PartDecoder } from "./message-transform.ts";
import { isControl, Opcode } from "./opcodes.ts";
import { Utf8Validator } from "./utf8.ts";

export class PartReader implements MessageIntake {
  /** What goes on in parts is taken frame by frame. */
  readonly whole = undefined;
  /** It belongs to the one whose parts it hands on. */
  readonly resting = false;
  readonly #parts: MessageParts;
  readonly #isSuspended: () => boolean;
  readonly #maxMessageBytes: number;
  #owner: PartsOwner | undefined;
  #decoder: MessageDecoder | undefined;
  readonly #frames: FrameSequence;
  readonly #utf8: Utf8Validator;
  readonly #control: MessageBuffer;
  /** Of the message under way, if it is transformed. */
  #decoding: PartDecoder | undefined;
  /** What of it has been handed on. */
  #byteLength = 0;
  #waiting = false;

  /** @param isSuspended whether the application does not read now */
  constructor(
    { platform, settings }: Omit<ReaderParts, "leniency">,
    parts: MessageParts,
    isSuspended: () => boolean,
  ) {
    this.#parts = parts;
    this.#isSuspended = isSuspended;
    this.#maxMessageBytes = settings.maxMessageBytes;
    this.#frames = new FrameSequence(settings);
    this.#utf8 = new Utf8Validator(platform);
    this.#control = new MessageBuffer(platform);
  }

  serve(_sink: MessageSink, owner: PartsOwner, transform: MessageTransform | undefined): void {
    this.#owner = owner;
    this.#decoder = transform?.decoder;
    this.#frames.serve(transform);
  }

  /** The application does not read, or a part is being worked on elsewhere: {@link proceed} goes on. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** Gives back the memory of a message that will not be finished. */
  discard(): void {
    this.#control.clear();
    this.#decoding?.close();
    this.#decoding = undefined;
    this.#decoder?.close();
    this.#waiting = false;
  }

  /** Goes on, if that is possible. */
  proceed(): FrameError | undefined {
    if (this.#isSuspended()) return undefined;
    this.#waiting = false;
    return this.#decode();
  }

  begin(header: FrameHeader): FrameError | undefined {
    const frames = this.#frames;
    const error = frames.begin(header);
    if (error !== undefined || isControl(frames.frameOpcode) || frames.fragments > 1) return error;
    if (frames.transformed)
      this.#decoding = this.#decoder?.decodeParts(() => this.#owner?.ready?.());
    this.#byteLength = 0;
    this.#parts.begin(frames.opcode === Opcode.text ? "text" : "binary");
    return undefined;
  }

  payload(bytes: Uint8Array, start: number, end: number): FrameError | undefined {
    const frames = this.#frames;
    if (isControl(frames.frameOpcode)) {
      this.#control.append(bytes, { start, end, expected: frames.frameLength });
      return undefined;
    }
    const part = bytes.subarray(start, end);
    if (this.#decoding === undefined) return this.#deliver(part);
    this.#decoding.write(part);
    return this.#decode();
  }

  end(): FrameError | undefined {
    const frames = this.#frames;
    if (isControl(frames.frameOpcode)) {
      return this.#owner?.control(frames.frameOpcode, this.#control.take());
    }
    if (!frames.fin) return undefined;
    if (this.#decoding === undefined) return this.#finish();
    this.#decoding.finish();
    return this.#decode();
  }

  /** Hands on what comes of the payload, as far as the application reads. */
  #decode(): FrameError | undefined {
    while (this.#decoding !== undefined) {
      this.#waiting = this.#isSuspended();
      if (this.#waiting) return undefined;
      const decoded = this.#decoding.read();
      if (decoded === "more") return undefined;
      if (decoded === "later") {
        this.#waiting = true;
        return undefined;
      }
      if (decoded === "end") return this.#finish();
      const error = decoded instanceof Error ? decoded : this.#deliver(decoded);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  #deliver(part: Uint8Array): FrameError | undefined {
    const { byteLength } = part;
    this.#byteLength += byteLength;
    // What travels as it is has been held to the limit by its headers.
    if (this.#byteLength > this.#maxMessageBytes) {
      return new LimitExceeded("LIMIT_MESSAGE_BYTES", `> ${this.#maxMessageBytes}`);
    }
    if (this.#frames.opcode === Opcode.text && !this.#utf8.push(part, 0, byteLength)) {
      return new ProtocolViolation("PROTOCOL_INVALID_UTF8");
    }
    this.#parts.part(part);
    return undefined;
  }

  #finish(): FrameError | undefined {
    this.#decoding?.close();
    this.#decoding = undefined;
    const opcode = this.#frames.finish();
    // A text that ends inside a character is not UTF-8 either (RFC 6455 §8.1).
    if (opcode === Opcode.text && !this.#utf8.complete) {
      return new ProtocolViolation("PROTOCOL_INVALID_UTF8");
    }
    this.#parts.end();
    // Small messages cost more than their bytes: those behind wait in the form in which they came.
    this.#waiting = this.#isSuspended();
    return undefined;
  }
}
