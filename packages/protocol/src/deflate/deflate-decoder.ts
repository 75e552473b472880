/**
 * Inflates the messages that a peer sends on one connection (RFC 7692 §7.2.2).
 *
 * Small ones at once, large ones on another thread when there is memory for what may come of them. It holds nothing
 * between messages but the window, and that only where messages may refer to earlier ones.
 */
import { LimitExceeded, ProtocolViolation } from "../errors.ts";
import type {
  DecodeJob,
  Decoded,
  DecodingState,
  MessageDecoder,
  PartDecoder,
} from "../message-transform.ts";
import type { Platform } from "../platform.ts";
import type { CompressionSettings } from "./compression-options.ts";
import type { CompressionPool, DeflateParts } from "./compression-pool.ts";
import type { Inflated, Inflater, InflateJob } from "./deflate-codec.ts";
import type { DeflateAgreement } from "./deflate-negotiation.ts";
import { Window } from "./window.ts";

/** DEFLATE makes at most this many bytes of one. */
const largestRatio = 1032;

/** Most bytes that are inflated at once: few bytes can stand for many, and the thread has other connections. */
const quickOutputBytes = 256 * 1024;

/** What inflating takes beside its window and its output. */
const inflaterBytes = 10 * 1024;

const nothing = new Uint8Array(0);

export class DeflateDecoder implements MessageDecoder {
  readonly #pool: CompressionPool;
  readonly #platform: Platform;
  readonly #windowBits: number;
  readonly #asyncFromBytes: number;
  /** Where messages may refer to earlier ones. */
  readonly #window: Window | undefined;
  #closed = false;

  constructor(agreement: DeflateAgreement, settings: CompressionSettings, parts: DeflateParts) {
    this.#pool = parts.pool;
    this.#platform = parts.platform;
    this.#asyncFromBytes = settings.asyncFromBytes;
    this.#windowBits = agreement.peerWindowBits;
    if (agreement.peerContextTakeover) {
      this.#window = new Window(parts.platform, agreement.peerWindowBits);
    }
  }

  /** Data that does not compress gets longer, by five bytes for each block; peers are free to use many blocks. */
  maxEncodedBytes(maxMessageBytes: number): number {
    return maxMessageBytes + Math.ceil(maxMessageBytes / 8) + 1024;
  }

  decode(message: Uint8Array, job: DecodeJob): Decoded | undefined {
    // No DEFLATE at all, but what some peers send for an empty message instead of §7.2.3.6.
    if (message.byteLength === 0) return nothing;
    const { maxMessageBytes } = job;
    if (message.byteLength < this.#asyncFromBytes) {
      const maxBytes = Math.min(maxMessageBytes, quickOutputBytes);
      const inflated = this.#pool.codec.inflate(message, this.#jobFor(maxBytes));
      if (inflated !== "tooLong" || maxBytes === maxMessageBytes) {
        return this.#take(inflated, maxMessageBytes);
      }
    }
    this.#decodeLater(job.kept ? message : this.#copy(message), job);
    return undefined;
  }

  decodeParts(ready: () => void): PartDecoder {
    const windowBits = this.#windowBits;
    // Even where messages refer to nothing before them, their parts refer to each other.
    const window = this.#window ?? new Window(this.#platform, windowBits);
    const history = (): Uint8Array => window.bytes;
    const { codec, budget } = this.#pool;
    const inflater = codec.openInflater({ windowBits, history, ready });
    const windows = this.#window === undefined ? 2 : 1;
    const byteLength = windows * 2 ** windowBits + inflaterBytes;
    // It is the peer's to finish the message: if it had to wait for others, they could keep it waiting for ever.
    budget.take(byteLength);
    return new DeflatePartDecoder(inflater, window, () => budget.give(byteLength));
  }

  close(): void {
    this.#closed = true;
  }

  #decodeLater(message: Uint8Array, { maxMessageBytes, done }: DecodeJob): void {
    const { codec, budget } = this.#pool;
    // What comes out is gathered in pieces and then joined.
    const memory =
      2 * Math.min(maxMessageBytes, message.byteLength * largestRatio) +
      2 ** this.#windowBits +
      inflaterBytes;
    let waiting: Uint8Array | undefined = message;
    budget.whenFree(memory, (release) => {
      const ready = waiting;
      waiting = undefined;
      if (this.#closed || ready === undefined) {
        release();
        return;
      }
      codec.inflateLater(ready, this.#jobFor(maxMessageBytes), (inflated) => {
        release();
        if (!this.#closed) done(this.#take(inflated, maxMessageBytes));
      });
    });
  }

  #jobFor(maxBytes: number): InflateJob {
    return { windowBits: this.#windowBits, history: this.#window?.bytes ?? nothing, maxBytes };
  }

  #take(inflated: Inflated, maxMessageBytes: number): Decoded {
    if (inflated === "tooLong") {
      return new LimitExceeded("LIMIT_MESSAGE_BYTES", `inflated, > ${maxMessageBytes}`);
    }
    if (inflated === "invalid") return new ProtocolViolation("PROTOCOL_INVALID_DEFLATE");
    this.#window?.append(inflated);
    return inflated;
  }

  #copy(message: Uint8Array): Uint8Array {
    const copy = this.#platform.allocate(message.byteLength);
    copy.set(message);
    return copy;
  }
}

class DeflatePartDecoder implements PartDecoder {
  readonly #inflater: Inflater;
  readonly #window: Window;
  readonly #release: () => void;
  #empty = true;

  constructor(inflater: Inflater, window: Window, release: () => void) {
    this.#inflater = inflater;
    this.#window = window;
    this.#release = release;
  }

  write(bytes: Uint8Array): void {
    this.#empty = false;
    this.#inflater.write(bytes);
  }

  finish(): void {
    if (!this.#empty) this.#inflater.finish();
  }

  read(): Uint8Array | DecodingState | ProtocolViolation {
    // Finished without a byte, which is no DEFLATE at all, but an empty message to some peers.
    if (this.#empty) return "end";
    const inflated = this.#inflater.read();
    if (inflated === "invalid") return new ProtocolViolation("PROTOCOL_INVALID_DEFLATE");
    if (typeof inflated !== "string") this.#window.append(inflated);
    return inflated;
  }

  close(): void {
    this.#inflater.close();
    this.#release();
  }
}
