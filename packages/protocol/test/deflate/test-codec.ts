/**
 * The codec of compression in tests: node:zlib at its plainest, and work "elsewhere" that is done when the test says so.
 */
import type {
  DeflateCodec,
  Deflater,
  DeflaterSettings,
  Inflated,
  Inflater,
  PartInflateJob,
} from "@tautline/protocol";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { joined } from "../frame-bytes.ts";

export interface TestCodec extends DeflateCodec {
  /** Work that waits to be done elsewhere, in order. */
  readonly waiting: (() => void)[];
  /** Compressors that are open. */
  readonly open: Set<Deflater>;
  /** Decompressors that are open. */
  readonly inflating: Set<Inflater>;
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

/** At most this many bytes come out at a time. */
export const pieceBytes = 1000;

interface InflaterCodec {
  readonly inflating: Set<Inflater>;
  readonly waiting: (() => void)[];
  readonly partsElsewhere: boolean;
}

/** Inflates all that it has been given again at each read, and gives out what is new. */
class TestInflater implements Inflater {
  readonly #codec: InflaterCodec;
  readonly #job: PartInflateJob;
  readonly #history: Uint8Array;
  #input: Uint8Array = new Uint8Array(0);
  #readBytes = 0;
  #finished = false;
  /** What was written has been worked on. */
  #done = true;

  constructor(codec: InflaterCodec, job: PartInflateJob) {
    this.#codec = codec;
    this.#job = job;
    this.#history = job.history().slice();
    codec.inflating.add(this);
  }

  write(bytes: Uint8Array): void {
    this.#input = joined([this.#input, bytes]);
    this.#work();
  }

  finish(): void {
    this.#finished = true;
    this.#work();
  }

  read(): ReturnType<Inflater["read"]> {
    if (!this.#done) return "later";
    const inflated = this.#inflated();
    if (typeof inflated === "string") return "invalid";
    const piece = inflated.subarray(this.#readBytes, this.#readBytes + pieceBytes);
    this.#readBytes += piece.byteLength;
    if (piece.byteLength > 0) return piece;
    return this.#finished ? "end" : "more";
  }

  close(): void {
    this.#codec.inflating.delete(this);
  }

  #work(): void {
    if (!this.#codec.partsElsewhere) return;
    this.#done = false;
    this.#codec.waiting.push(() => {
      this.#done = true;
      if (this.#codec.inflating.has(this)) this.#job.ready();
    });
  }

  #inflated(): Inflated {
    const { windowBits } = this.#job;
    const dictionary = this.#history;
    if (this.#finished) return inflate(this.#input, { windowBits, dictionary });
    try {
      const finishFlush = constants.Z_SYNC_FLUSH;
      const own = dictionary.byteLength === 0 ? {} : { dictionary };
      return new Uint8Array(inflateRawSync(this.#input, { windowBits, finishFlush, ...own }));
    } catch {
      return "invalid";
    }
  }
}

/** A message of this length cannot be deflated. */
export const unhappyBytes = 4321;

/** @param options.partsElsewhere whether messages in parts are inflated "elsewhere" too */
export function testCodec(options: { readonly partsElsewhere?: boolean } = {}): TestCodec {
  const { partsElsewhere = false } = options;
  const waiting: (() => void)[] = [];
  const state = { open: new Set<Deflater>(), count: 0 };
  const inflating = new Set<Inflater>();
  return {
    waiting,
    open: state.open,
    inflating,
    deflated: () => state.count,
    work() {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) job();
    },
    inflate: (message, { windowBits, history, maxBytes }) =>
      inflate(message, { windowBits, dictionary: history, maxBytes }),
    inflateLater(message, { windowBits, history, maxBytes }, done) {
      waiting.push(() => done(inflate(message, { windowBits, dictionary: history, maxBytes })));
    },
    openInflater: (job) => new TestInflater({ inflating, waiting, partsElsewhere }, job),
    openDeflater: ({ windowBits }: DeflaterSettings) => new TestDeflater(state, windowBits),
    deflateLater(message, { windowBits }, done) {
      state.count += 1;
      waiting.push(() =>
        done(message.byteLength === unhappyBytes ? undefined : deflate(message, { windowBits })),
      );
    },
  };
}
