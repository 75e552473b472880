/**
 * The codec of permessage-deflate by documented means of node:zlib alone: what everything falls back to, and what works
 * on large messages in any case.
 *
 * The convenience functions keep nothing, so each call makes a zlib object; a history travels as its dictionary.
 */
import { Buffer } from "node:buffer";
import { constants, deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from "node:zlib";
import type { ZlibOptions } from "node:zlib";
import type {
  DeflateCodec,
  Deflater,
  DeflaterSettings,
  Inflated,
  InflateJob,
} from "@tautline/protocol";
import { openDocumentedInflater } from "./inflater-documented.ts";
import { InflateProgress, zlibWindowBits } from "./deflate-stream.ts";

/** Each piece of output is a trip to another thread. */
const pieceBytes = 64 * 1024;

/** What the convenience functions return with the option `info`. */
interface ResultWithInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function isResultWithInfo(value: unknown): value is ResultWithInfo {
  return typeof value === "object" && value !== null && "engine" in value && "buffer" in value;
}

function inflateOptions(progress: InflateProgress): ZlibOptions {
  const { history } = progress;
  return {
    windowBits: progress.windowBits,
    chunkSize: pieceBytes,
    info: true,
    // The option must be at least 1.
    maxOutputLength: Math.max(1, progress.roomBytes),
    ...(history.byteLength === 0 ? {} : { dictionary: history }),
  };
}

/** Takes what a function has returned. False when the message needs to go on behind a final block. */
function take(progress: InflateProgress, result: unknown): boolean {
  // The size of the pieces is asked for by name, so they come in this form always.
  if (!isResultWithInfo(result)) return progress.fail("invalid");
  return progress.advance(result.buffer, result.engine.bytesWritten);
}

function failureOf(error: unknown): "tooLong" | "invalid" {
  const tooLong =
    error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
  return tooLong ? "tooLong" : "invalid";
}

function inflate(message: Uint8Array, job: InflateJob): Inflated {
  const progress = new InflateProgress(message, job);
  try {
    while (!take(progress, inflateRawSync(progress.input, inflateOptions(progress))));
  } catch (error) {
    progress.fail(failureOf(error));
  }
  return progress.result;
}

function inflateLater(
  message: Uint8Array,
  job: InflateJob,
  done: (inflated: Inflated) => void,
): void {
  const progress = new InflateProgress(message, job);
  const step = (): void => {
    inflateRaw(progress.input, inflateOptions(progress), (error, result) => {
      const ended = error === null ? take(progress, result) : progress.fail(failureOf(error));
      if (ended) done(progress.keptResult);
      else step();
    });
  };
  step();
}

function deflateOptions({ windowBits, level, memoryLevel }: DeflaterSettings): ZlibOptions {
  return {
    windowBits: zlibWindowBits(windowBits),
    level,
    memLevel: memoryLevel,
    chunkSize: pieceBytes,
    finishFlush: constants.Z_SYNC_FLUSH,
  };
}

/** The bytes 00 00 FF FF at the end of what a flush leaves do not travel (RFC 7692 §7.2.1). */
export function withoutTail(flushed: Uint8Array): Uint8Array | undefined {
  const { byteLength } = flushed;
  const tail = byteLength - 4;
  const complete =
    byteLength > 4 &&
    flushed[tail] === 0 &&
    flushed[tail + 1] === 0 &&
    flushed[tail + 2] === 0xff &&
    flushed[tail + 3] === 0xff;
  return complete ? flushed.subarray(0, tail) : undefined;
}

class DocumentedDeflater implements Deflater {
  readonly #options: ZlibOptions;
  readonly #windowBytes: number;
  #history = Buffer.alloc(0);

  constructor(settings: DeflaterSettings) {
    this.#options = deflateOptions(settings);
    this.#windowBytes = 2 ** settings.windowBits;
  }

  deflate(message: Uint8Array): Uint8Array | undefined {
    const history = this.#history;
    const dictionary = history.byteLength === 0 ? {} : { dictionary: history };
    const flushed = deflateRawSync(message, { ...this.#options, ...dictionary });
    this.#history = Buffer.concat([history, message]).subarray(-this.#windowBytes);
    return withoutTail(flushed);
  }

  reset(): void {
    this.#history = Buffer.alloc(0);
  }

  close(): void {
    this.reset();
  }
}

function deflateLater(
  message: Uint8Array,
  settings: DeflaterSettings,
  done: (deflated: Uint8Array | undefined) => void,
): void {
  deflateRaw(message, deflateOptions(settings), (error, flushed) => {
    done(error === null ? withoutTail(flushed) : undefined);
  });
}

export const documentedDeflateCodec: DeflateCodec = Object.freeze({
  inflate,
  inflateLater,
  openInflater: openDocumentedInflater,
  openDeflater: (settings: DeflaterSettings) => new DocumentedDeflater(settings),
  deflateLater,
});
