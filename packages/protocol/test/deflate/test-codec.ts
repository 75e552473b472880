/**
 * The codec of compression in tests: node:zlib at its plainest, and work "elsewhere" that is done when the test says so.
 */
import type { DeflateCodec, Deflater, DeflaterSettings, Inflated } from "@tautline/protocol";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { joined } from "../frame-bytes.ts";

export interface TestCodec extends DeflateCodec {
  /** Work that waits to be done elsewhere, in order. */
  readonly waiting: (() => void)[];
  /** Compressors that are open. */
  readonly open: Set<Deflater>;
  /** How many messages have been deflated. */
  readonly deflated: () => number;
  /** Does all the work that waits, and that comes of it. */
  work(): void;
}

/** `message` as RFC 7692 §7.2.1 has it, compressed by zlib. */
export function deflate(
  message: Uint8Array,
  options: { readonly windowBits?: number; readonly dictionary?: Uint8Array } = {},
): Uint8Array {
  const { dictionary = new Uint8Array(0), windowBits = 15 } = options;
  const flushed = deflateRawSync(message, {
    windowBits: Math.max(9, windowBits),
    finishFlush: constants.Z_SYNC_FLUSH,
    ...(dictionary.byteLength === 0 ? {} : { dictionary }),
  });
  return new Uint8Array(flushed.subarray(0, -4));
}

/** A DEFLATE block that ends a message, and one that ends a stream. */
const ending = Uint8Array.of(0, 0, 0xff, 0xff, 3, 0);

/** What {@link deflate} was given. */
export function inflate(
  message: Uint8Array,
  options: {
    readonly windowBits?: number;
    readonly dictionary?: Uint8Array;
    readonly maxBytes?: number;
  } = {},
): Inflated {
  const { windowBits = 15, dictionary = new Uint8Array(0), maxBytes = 2 ** 30 } = options;
  try {
    return new Uint8Array(
      inflateRawSync(joined([message, ending]), {
        windowBits,
        maxOutputLength: maxBytes,
        ...(dictionary.byteLength === 0 ? {} : { dictionary }),
      }),
    );
  } catch (error) {
    const tooLong = error instanceof RangeError;
    return tooLong ? "tooLong" : "invalid";
  }
}

class TestDeflater implements Deflater {
  readonly #codec: { readonly open: Set<Deflater>; count: number };
  readonly #windowBits: number;
  #history: Uint8Array = new Uint8Array(0);

  constructor(codec: { readonly open: Set<Deflater>; count: number }, windowBits: number) {
    this.#codec = codec;
    this.#windowBits = windowBits;
    codec.open.add(this);
  }

  deflate(message: Uint8Array): Uint8Array | undefined {
    this.#codec.count += 1;
    const { byteLength } = this.#history;
    const deflated = deflate(message, { windowBits: this.#windowBits, dictionary: this.#history });
    this.#history = joined([this.#history, message]).subarray(-(2 ** this.#windowBits));
    return byteLength + message.byteLength === unhappyBytes ? undefined : deflated;
  }

  reset(): void {
    this.#history = new Uint8Array(0);
  }

  close(): void {
    this.#codec.open.delete(this);
  }
}

/** A message of this length cannot be deflated. */
export const unhappyBytes = 4321;

export function testCodec(): TestCodec {
  const waiting: (() => void)[] = [];
  const state = { open: new Set<Deflater>(), count: 0 };
  return {
    waiting,
    open: state.open,
    deflated: () => state.count,
    work() {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) job();
    },
    inflate: (message, { windowBits, history, maxBytes }) =>
      inflate(message, { windowBits, dictionary: history, maxBytes }),
    inflateLater(message, { windowBits, history, maxBytes }, done) {
      waiting.push(() => done(inflate(message, { windowBits, dictionary: history, maxBytes })));
    },
    openDeflater: ({ windowBits }: DeflaterSettings) => new TestDeflater(state, windowBits),
    deflateLater(message, { windowBits }, done) {
      state.count += 1;
      waiting.push(() =>
        done(message.byteLength === unhappyBytes ? undefined : deflate(message, { windowBits })),
      );
    },
  };
}
