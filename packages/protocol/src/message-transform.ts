/**
 * What an extension does to the messages of one connection, once it has been negotiated (RFC 6455 §9, RFC 7692 §5).
 *
 * A message travels transformed when its first frame carries the extension's reserved bit. The engine knows this much
 * and hands the payload of whole messages over; what is done to it is the extension's business. Work may be done
 * elsewhere, off the thread that calls: then the engine waits for it, so that nothing overtakes.
 */
import type { FrameError } from "./frame-reader.ts";
import type { PreparedMessage } from "./prepared-message.ts";

/** Of one connection. */
export interface MessageTransform {
  /** As in a frame's header, of RSV1 to RSV3: RSV1 is 4. It stands on the first frame of a message only. */
  readonly reservedBits: number;
  readonly decoder: MessageDecoder;
  readonly encoder: MessageEncoder;
}

/** What came of a message: its bytes, or what is wrong with it. */
export type Decoded = Uint8Array | FrameError;

export interface MessageDecoder {
  /** Longest payload that a transformed message may have, where the message itself may have `maxMessageBytes`. */
  maxEncodedBytes(maxMessageBytes: number): number;
  /**
   * Undoes what the peer did to `message`, which is the decoder's during the call only, unless it is `kept`: then it is
   * the decoder's for good.
   *
   * @returns what came of it, readable until anything else is decoded; or `undefined` when that takes longer: then
   *   `done` is called later, never within this call, with bytes that are the callee's to keep. Nothing else is decoded
   *   before that.
   */
  decode(message: Uint8Array, job: DecodeJob): Decoded | undefined;
  /**
   * Begins to undo a message in parts, whose payload need not be complete. Nothing else is decoded before it is closed.
   *
   * @param ready called when {@link PartDecoder.read} has something new to say, after it has said "later"; never from
   *   within one of the decoder's methods
   */
  decodeParts(ready: () => void): PartDecoder;
  /** The connection receives no more. A `done` that is due is not called. */
  close(): void;
}

/** Undoes one message in parts, no further than is asked for. */
export interface PartDecoder {
  /** Takes the next bytes of the payload, which are copied where they are kept; not before `read` has said "more". */
  write(bytes: Uint8Array): void;
  /** The payload is complete; not before `read` has said "more". */
  finish(): void;
  /**
   * What comes next, readable until the next call; or where it stands; or what is wrong. Not before something is written,
   * or the payload is complete.
   */
  read(): Uint8Array | DecodingState | FrameError;
  /** Gives its memory back. `ready` is not called any more, and nothing else is called here. */
  close(): void;
}

/**
 * Where a message stands that is decoded in parts: all that was written has been read; it is being worked on elsewhere;
 * or it is finished and has been read whole.
 */
export type DecodingState = "more" | "later" | "end";

export interface DecodeJob {
  readonly kept: boolean;
  readonly maxMessageBytes: number;
  readonly done: (decoded: Decoded) => void;
}

/** Bytes that stand for a message, or `undefined` when it is better sent as it is. */
export type Encoded = Uint8Array | undefined;

export interface MessageEncoder {
  /** Whether a message of this length is to be transformed at all. */
  wants(byteLength: number): boolean;
  /** Whether a message of this length is transformed at once, by {@link encode}; otherwise by {@link encodeLater}. */
  isQuick(byteLength: number): boolean;
  /** Transforms at once. What it returns is readable until anything else is encoded. */
  encode(message: Uint8Array): Encoded;
  /**
   * Transforms elsewhere; `message` must not change before `done`, which is never called within this call and gets
   * bytes that are the callee's to keep.
   *
   * @returns false when that cannot be had now: the message is to be sent as it is, and `done` is not called
   */
  encodeLater(message: Uint8Array, done: (encoded: Encoded) => void): boolean;
  /**
   * The frame of a message that goes to many, as servers send it now: transformed when that is wanted, which is done
   * once for all who want the same.
   *
   * @returns the frame, or `undefined` when it is not ready: then `done` is called later, never within this call, and
   *   this is to be asked again
   */
  prepared(message: PreparedMessage, done: () => void): Uint8Array | undefined;
  /** The connection sends no more messages. A `done` that is due is not called. */
  close(): void;
}
