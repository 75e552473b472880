/**
 * Inflates the messages of one direction (RFC 7692 §7.2.2). zlib gets what came before as a dictionary, so that no stream
 * is kept. Once a message is missing or too long, those after it cannot be inflated either where the context is taken over.
 */
import { constants, inflateRawSync } from "node:zlib";
import { keptBytes } from "./finding.ts";

const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);
const windowBytes = 32 * 1024;
const mostInflatedBytes = 16 * 1024 * 1024;

export interface Inflated {
  /** Cut. */
  readonly bytes: Buffer;
  readonly byteLength: number;
}

export class MessageInflater {
  readonly #takesOver: boolean;
  #window: Buffer | undefined = Buffer.alloc(0);

  /** @param takesOver messages refer to those before them (RFC 7692 §7.1.1) */
  constructor(takesOver: boolean) {
    this.#takesOver = takesOver;
  }

  /** @returns why it is impossible, in words */
  inflate(compressed: Buffer): Inflated | string {
    if (this.#window === undefined) return "cannot be inflated: a message before it is missing";
    try {
      const bytes = inflateRawSync(Buffer.concat([compressed, tail]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: mostInflatedBytes,
        ...(this.#window.byteLength === 0 ? {} : { dictionary: this.#window }),
      });
      if (this.#takesOver) {
        this.#window = Buffer.from(Buffer.concat([this.#window, bytes]).subarray(-windowBytes));
      }
      return { bytes: bytes.subarray(0, keptBytes), byteLength: bytes.byteLength };
    } catch (error) {
      this.miss();
      const isLong = error instanceof RangeError;
      return isLong ? `longer than ${mostInflatedBytes} bytes when inflated` : "does not inflate";
    }
  }

  /** A message is not there. */
  miss(): void {
    if (this.#takesOver) this.#window = undefined;
  }
}
