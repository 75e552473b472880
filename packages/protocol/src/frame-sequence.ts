/**
 * Which frames may follow which (RFC 6455 §5.4, §5.5, RFC 7692 §6), and the limits of which headers tell: what a reader
 * of messages has to know of headers. What payloads contain is the readers' business.
 */
import { LimitExceeded, ProtocolViolation } from "./errors.ts";
import type { FrameError, FrameHeader } from "./frame-reader.ts";
import type { MessageTransform } from "./message-transform.ts";
import { isControl, isKnownOpcode, maxControlBytes, Opcode } from "./opcodes.ts";
import type { EngineLimits } from "./options.ts";

export class FrameSequence {
  readonly #limits: EngineLimits;
  #transform: MessageTransform | undefined;
  /** The bit that marks messages for the extension in force. */
  #reserved = 0;
  /** Of the current frame. */
  #frameOpcode: Opcode = Opcode.continuation;
  #frameLength = 0;
  #fin = false;
  /** Of the message under way: its first frame's opcode, or 0 between messages. */
  #opcode: number = Opcode.continuation;
  #messageBytes = 0;
  #fragments = 0;
  /** Its first frame carries the bit of the extension that is in force. */
  #transformed = false;

  constructor(limits: EngineLimits) {
    this.#limits = limits;
  }

  /** Belongs to a connection with this extension in force from now on. */
  serve(transform: MessageTransform | undefined): void {
    this.#transform = transform;
    this.#reserved = transform?.reservedBits ?? 0;
  }

  /** Opcode of the current frame. */
  get frameOpcode(): Opcode {
    return this.#frameOpcode;
  }

  /** Payload bytes of the current frame. */
  get frameLength(): number {
    return this.#frameLength;
  }

  /** Whether the current frame is its message's last. */
  get fin(): boolean {
    return this.#fin;
  }

  /** Whether no message is under way. */
  get resting(): boolean {
    return this.#opcode === Opcode.continuation;
  }

  /** Opcode of the message under way, or 0 between messages. */
  get opcode(): number {
    return this.#opcode;
  }

  /** Frames that the message has come in so far, the current one included. */
  get fragments(): number {
    return this.#fragments;
  }

  /** Whether the message travels transformed. */
  get transformed(): boolean {
    return this.#transformed;
  }

  /** How long the message will be, or can be at most, in the form in which it comes: its last frame's header tells. */
  get expectedBytes(): number {
    return this.#fin ? this.#messageBytes : this.#maxMessageBytes();
  }

  /** Whether a message of one frame, with no bit of an extension, may come now. Otherwise {@link begin} says why not. */
  admits(byteLength: number): boolean {
    const { maxFrameBytes, maxMessageBytes } = this.#limits;
    return (
      this.#opcode === Opcode.continuation &&
      byteLength <= maxFrameBytes &&
      byteLength <= maxMessageBytes
    );
  }

  /** The next frame's header. */
  begin(header: FrameHeader): FrameError | undefined {
    if (header.reserved !== 0 && !this.#isMarked(header)) {
      return new ProtocolViolation("PROTOCOL_RESERVED_BITS", header.reserved.toString(2));
    }
    if (!isKnownOpcode(header.opcode)) {
      return new ProtocolViolation("PROTOCOL_RESERVED_OPCODE", `0x${header.opcode.toString(16)}`);
    }
    this.#frameOpcode = header.opcode;
    this.#frameLength = header.length;
    // A control frame between two fragments ends no message.
    if (isControl(header.opcode)) return checkControl(header);
    this.#fin = header.fin;
    return this.#beginData(header);
  }

  /** The message under way is complete. Answers with its opcode. */
  finish(): number {
    const opcode = this.#opcode;
    this.#opcode = Opcode.continuation;
    return opcode;
  }

  #beginData(header: FrameHeader): FrameError | undefined {
    if (header.opcode === Opcode.continuation) {
      if (this.#opcode === Opcode.continuation) {
        return new ProtocolViolation("PROTOCOL_UNEXPECTED_CONTINUATION");
      }
    } else {
      if (this.#opcode !== Opcode.continuation) {
        return new ProtocolViolation("PROTOCOL_EXPECTED_CONTINUATION", `opcode ${header.opcode}`);
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

  #maxMessageBytes(): number {
    const { maxMessageBytes } = this.#limits;
    if (!this.#transformed || this.#transform === undefined) return maxMessageBytes;
    return this.#transform.decoder.maxEncodedBytes(maxMessageBytes);
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
}

function checkControl(header: FrameHeader): ProtocolViolation | undefined {
  if (!header.fin) return new ProtocolViolation("PROTOCOL_CONTROL_FRAGMENTED");
  if (header.length > maxControlBytes) {
    return new ProtocolViolation("PROTOCOL_CONTROL_TOO_LONG", `${header.length} bytes`);
  }
  return undefined;
}
