/**
 * A text message as the UTF-8 that it travels as: for whoever passes messages on or stores them, and reads few.
 */
import { Buffer } from "node:buffer";

/** What text messages are received as. */
export type TextForm = "strings" | "bytes";

export interface TextSettings {
  readonly receiveText: TextForm;
}

/**
 * Text in UTF-8. `send` sends it as a text message without encoding it; `toString` decodes it, at each call.
 *
 * Made and read as any `Uint8Array`. A connection gives these where the option `receiveText` is "bytes": the bytes are valid UTF-8 and the receiver's to keep.
 * Whoever makes one, or changes its bytes, answers for that: a peer closes a connection that brings anything else (RFC 6455 §8.1).
 */
export class Utf8Text extends Uint8Array {
  /** Parts and copies are bytes: a text that is cut somewhere may be none. */
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  override toString(): string {
    return Buffer.from(this.buffer, this.byteOffset, this.byteLength).toString("utf8");
  }
}
