/**
 * What permessage-deflate needs of its surroundings: raw DEFLATE (RFC 1951), one message at a time.
 *
 * An adapter implements it over zlib. A message is given and returned as it travels: without the four bytes 00 00 FF FF
 * of the empty block at its end (RFC 7692 §7.2.1). Which messages are compressed, with whose history, and how many at a
 * time is decided here in this package.
 */

/** How a message is to be inflated. */
export interface InflateJob {
  /** The window is 2^windowBits bytes, from 8 to 15. */
  readonly windowBits: number;
  /** What the message may refer to: the end of what the peer sent before; empty where it may not. Not changed. */
  readonly history: Uint8Array;
  /** Where to stop: no more memory than this and one piece of output is taken. */
  readonly maxBytes: number;
}

/**
 * The message; or why there is none: it is longer than `maxBytes`, or not DEFLATE. Blocks with BFINAL set are in order
 * wherever they stand (RFC 7692 §7.2.3.4); a message that ends within a block is not.
 */
export type Inflated = Uint8Array | "tooLong" | "invalid";

/** How a message is to be inflated in parts. */
export interface PartInflateJob {
  /** The window is 2^windowBits bytes, from 8 to 15. */
  readonly windowBits: number;
  /** What the rest may refer to, with all that has been read; asked for at the beginning and behind final blocks. */
  readonly history: () => Uint8Array;
  /** Called when {@link Inflater.read} has something new to say after "later", never from within one of its methods. */
  readonly ready: () => void;
}

/** Inflates one message in parts, no further than is asked for. */
export interface Inflater {
  /** Takes the next bytes of the message, and keeps none of them that it has not copied. After `read` has said "more". */
  write(bytes: Uint8Array): void;
  /** The message is complete. After `read` has said "more". */
  finish(): void;
  /**
   * The next piece, at least one byte, readable until the next call. Or: "more", all that was written has been read;
   * "later", it is being worked on elsewhere; "end", the finished message has been read whole; "invalid", it is not
   * DEFLATE, as {@link Inflated} has it.
   */
  read(): Uint8Array | "more" | "later" | "end" | "invalid";
  /** Gives its memory back. Nothing else is called afterwards, and no `ready`. */
  close(): void;
}

/** How a compressor is made. */
export interface DeflaterSettings {
  /** No distance is longer than 2^windowBits bytes, from 8 to 15. */
  readonly windowBits: number;
  /** From 1 to 9. */
  readonly level: number;
  /** From 1 to 9. */
  readonly memoryLevel: number;
}

/** A compressor that remembers what it has compressed. */
export interface Deflater {
  /**
   * Compresses `message`, which may refer to what was compressed since the last {@link reset}.
   *
   * @returns the message as it travels, readable until anything else is deflated; `undefined` when it cannot be
   *   had: the deflater is as after a reset then
   */
  deflate(message: Uint8Array): Uint8Array | undefined;
  /** Forgets what it has compressed. */
  reset(): void;
  /** Gives its memory back. Nothing else is called afterwards. */
  close(): void;
}

/** Must not throw, whatever bytes it is given. */
export interface DeflateCodec {
  /** At once. What it returns is readable until anything else is inflated. */
  inflate(message: Uint8Array, job: InflateJob): Inflated;
  /** On another thread. `message` and the history must not change before `done`, which is never called within this call. */
  inflateLater(message: Uint8Array, job: InflateJob, done: (inflated: Inflated) => void): void;
  /** A decompressor for one message, for as long as it is not closed. */
  openInflater(job: PartInflateJob): Inflater;
  /** A compressor of its own, for as long as it is not closed. */
  openDeflater(settings: DeflaterSettings): Deflater;
  /**
   * Compresses `message` without a history, on another thread; it must not change before `done`, which is never called
   * within this call.
   */
  deflateLater(
    message: Uint8Array,
    settings: DeflaterSettings,
    done: (deflated: Uint8Array | undefined) => void,
  ): void;
}
