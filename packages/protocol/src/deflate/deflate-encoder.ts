/**
 * Deflates the messages that this side sends on one connection (RFC 7692 §7.2.1).
 *
 * Whether a message refers to earlier ones is the sender's choice each time. Small ones do, where it was agreed and
 * there is memory for a compressor; large ones and those that go to many stand alone. After one of these the
 * compressor starts anew, for the peer's window has moved on without it.
 */
import type { Encoded, MessageEncoder } from "../message-transform.ts";
import type { PreparedEncoding } from "../prepared-encoding.ts";
import type { PreparedMessage } from "../prepared-message.ts";
import { framed } from "../frame-writer.ts";
import type { Platform } from "../platform.ts";
import type { CompressionPool, DeflaterLease, DeflateParts } from "./compression-pool.ts";
import { deflaterBytes, deflaterKey } from "./compression-pool.ts";
import type { CompressionSettings } from "./compression-options.ts";
import type { Deflater, DeflaterSettings } from "./deflate-codec.ts";
import type { DeflateAgreement } from "./deflate-negotiation.ts";

/** RSV1: the message is compressed (RFC 7692 §6). */
export const deflateBit = 4;

export class DeflateEncoder implements MessageEncoder {
  readonly #pool: CompressionPool;
  readonly #platform: Platform;
  readonly #deflater: DeflaterSettings;
  readonly #key: string;
  readonly #contextTakeover: boolean;
  readonly #thresholdBytes: number;
  readonly #asyncFromBytes: number;
  #lease: DeflaterLease | undefined;
  #closed = false;

  constructor(agreement: DeflateAgreement, settings: CompressionSettings, parts: DeflateParts) {
    this.#pool = parts.pool;
    this.#platform = parts.platform;
    const { level, memoryLevel } = settings;
    this.#deflater = { windowBits: agreement.windowBits, level, memoryLevel };
    this.#key = deflaterKey(this.#deflater);
    this.#contextTakeover = agreement.contextTakeover;
    // Nothing cannot be made shorter.
    this.#thresholdBytes = Math.max(1, settings.thresholdBytes);
    this.#asyncFromBytes = settings.asyncFromBytes;
  }

  wants(byteLength: number): boolean {
    return byteLength >= this.#thresholdBytes;
  }

  isQuick(byteLength: number): boolean {
    return byteLength < this.#asyncFromBytes;
  }

  encode(message: Uint8Array): Encoded {
    const own = this.#contextTakeover ? this.#ownDeflater() : undefined;
    return own === undefined ? this.#encodeAlone(message) : shorter(message, own);
  }

  encodeLater(message: Uint8Array, done: (encoded: Encoded) => void): boolean {
    this.#forget();
    return this.#deflateLater(message, (deflated) => {
      if (!this.#closed) done(deflated);
    });
  }

  prepared(message: PreparedMessage, done: () => void): Uint8Array | undefined {
    if (!this.wants(message.byteLength)) return message.frame;
    const encoding = message.encoding(this.#key);
    if (!encoding.started && !this.#prepare(message, encoding)) return message.frame;
    const { frame } = encoding;
    if (frame !== undefined) {
      this.#forget();
      return frame;
    }
    encoding.whenFinished(() => {
      if (!this.#closed) done();
    });
    return undefined;
  }

  close(): void {
    this.#closed = true;
    if (this.#lease !== undefined) this.#pool.end(this.#lease);
  }

  /** Has `encoding` made, at once or soon. Beyond the budget it is not, and can be asked for again. */
  #prepare(message: PreparedMessage, encoding: PreparedEncoding): boolean {
    const { opcode, payload } = message;
    const finish = (encoded: Encoded): void => {
      const form = { opcode, reserved: deflateBit };
      encoding.finish(
        encoded === undefined ? message.frame : framed(encoded, form, this.#platform),
      );
    };
    if (this.isQuick(payload.byteLength)) {
      finish(this.#encodeAlone(payload));
      return true;
    }
    const begun = this.#deflateLater(payload, finish);
    if (begun) encoding.start();
    return begun;
  }

  /** False beyond the budget: the message stays as it is. */
  #deflateLater(message: Uint8Array, done: (encoded: Encoded) => void): boolean {
    const { codec, budget } = this.#pool;
    const memory = message.byteLength + deflaterBytes(this.#deflater);
    if (!budget.tryTake(memory)) return false;
    codec.deflateLater(message, this.#deflater, (deflated) => {
      budget.give(memory);
      done(
        deflated !== undefined && deflated.byteLength < message.byteLength ? deflated : undefined,
      );
    });
    return true;
  }

  #encodeAlone(message: Uint8Array): Encoded {
    const shared = this.#pool.shared(this.#deflater);
    shared.reset();
    return shorter(message, shared);
  }

  #ownDeflater(): Deflater | undefined {
    const own = this.#lease?.use();
    if (own !== undefined) return own;
    this.#lease = this.#pool.lease(this.#deflater);
    return this.#lease?.use();
  }

  /** The peer's window moves on without this side's compressor. */
  #forget(): void {
    this.#lease?.reset();
  }
}

/** What `deflater` makes of `message`, when that is shorter. */
function shorter(message: Uint8Array, deflater: Deflater): Encoded {
  const deflated = deflater.deflate(message);
  if (deflated !== undefined && deflated.byteLength < message.byteLength) return deflated;
  // The peer will not see these bytes compressed, so nothing may refer to them.
  deflater.reset();
  return undefined;
}
