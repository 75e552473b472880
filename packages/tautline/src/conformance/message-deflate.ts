/**
 * Compresses and inflates the tester's messages (RFC 7692 §7.2). Instead of keeping a stream per direction it gives
 * zlib what came before as a dictionary: the same window, reached by another road than the engine's.
 */
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { ZlibOptions } from "node:zlib";
import type { DeflateTerms, Direction } from "./deflate-terms.ts";
import { FrameViolation } from "./frame-codec.ts";

/** What each message ends with, and what is not sent (RFC 7692 §7.2.1). */
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);
/** zlib looks back past the window while it still writes to one piece of output: with small ones it cannot. */
const smallChunk = 256;
const finishFlush = constants.Z_SYNC_FLUSH;
/** No case sends a compressed message that is nearly as long as this. */
const mostInflatedBytes = 4 * 1024 * 1024;

/** The last bytes of one direction's messages. */
class History {
  readonly #direction: Direction;
  #bytes = Buffer.alloc(0);

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  get options(): ZlibOptions {
    const { windowBits } = this.#direction;
    const options = { windowBits, finishFlush, chunkSize: windowBits === 15 ? 65_536 : smallChunk };
    return this.#bytes.length === 0 ? options : { ...options, dictionary: this.#bytes };
  }

  add(message: Buffer): void {
    if (!this.#direction.takeover) return;
    const window = 2 ** this.#direction.windowBits;
    this.#bytes = Buffer.from(Buffer.concat([this.#bytes, message]).subarray(-window));
  }
}

export class MessageDeflate {
  readonly #sent: History;
  readonly #received: History;

  constructor(terms: DeflateTerms) {
    this.#sent = new History(terms.tester);
    this.#received = new History(terms.peer);
  }

  compress(message: Buffer): Buffer {
    const bytes = deflateRawSync(message, this.#sent.options);
    this.#sent.add(message);
    return bytes.subarray(0, -tail.length);
  }

  /** @throws FrameViolation */
  inflate(bytes: Buffer): Buffer {
    try {
      const message = inflateRawSync(Buffer.concat([bytes, tail]), {
        ...this.#received.options,
        maxOutputLength: mostInflatedBytes,
      });
      this.#received.add(message);
      return message;
    } catch (error) {
      throw new FrameViolation("message does not inflate", { cause: error });
    }
  }
}
