/**
 * The codec of permessage-deflate on the handle that node:zlib keeps inside its streams: one call per message, on memory
 * that is used again, with no stream machinery around it.
 *
 * The handle is not documented. It is used only where a test of all that is needed of it passes, at the first use;
 * elsewhere the documented functions do the same.
 */
import { Buffer } from "node:buffer";
import { constants, createDeflateRaw, createInflateRaw } from "node:zlib";
import type {
  DeflateCodec,
  Deflater,
  DeflaterSettings,
  Inflated,
  InflateJob,
} from "@tautline/protocol";
import { documentedDeflateCodec, withoutTail } from "./deflate-documented.ts";
import { InflateProgress, zlibWindowBits } from "./deflate-stream.ts";

const { Z_FINISH, Z_NO_FLUSH, Z_SYNC_FLUSH } = constants;

/** Output of one call. Most messages fit, and are read from here without a copy. */
const scratchBytes = 64 * 1024;

let scratch: Uint8Array | undefined;

function outputMemory(): Uint8Array {
  scratch ??= new Uint8Array(new ArrayBuffer(scratchBytes));
  return scratch;
}

/** As far as it is used. */
interface ZlibHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void;
  reset(): void;
  onerror: (message: string, errno: number, code: string) => void;
}

function isHandle(value: unknown): value is ZlibHandle {
  return (
    typeof value === "object" &&
    value !== null &&
    "writeSync" in value &&
    typeof value.writeSync === "function" &&
    "reset" in value &&
    typeof value.reset === "function" &&
    "onerror" in value &&
    typeof value.onerror === "function"
  );
}

/** One zlib stream, called step by step. */
class HandleStream {
  /** Keeps the handle alive. */
  readonly #stream: { close(): void };
  readonly #handle: ZlibHandle;
  /** After a step: room left in the output, bytes left in the input. */
  readonly #left: Uint32Array;
  #failed = false;

  /** @throws TypeError where the stream does not have what is needed */
  constructor(stream: { close(): void }) {
    const handle = "_handle" in stream ? stream._handle : undefined;
    const left = "_writeState" in stream ? stream._writeState : undefined;
    if (!isHandle(handle) || !(left instanceof Uint32Array) || left.length < 2) {
      throw new TypeError("zlib streams are not made as they used to be");
    }
    this.#stream = stream;
    this.#handle = handle;
    this.#left = left;
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- a property that zlib calls, no event
    handle.onerror = () => {
      this.#failed = true;
    };
  }

  /** Room left in the output by the last step. */
  get outputLeft(): number {
    return this.#left[0] ?? 0;
  }

  /** Bytes of input left by the last step. */
  get inputLeft(): number {
    return this.#left[1] ?? 0;
  }

  /** Does what zlib does with `input[at, end)` and this much room; false when it reports an error. */
  step(flush: number, input: Uint8Array, at: number, room: number): boolean {
    const { byteLength } = input;
    this.#handle.writeSync(flush, input, at, byteLength - at, outputMemory(), 0, room);
    return !this.#failed;
  }

  reset(): void {
    this.#failed = false;
    this.#handle.reset();
  }

  close(): void {
    this.#stream.close();
  }
}

class HandleDeflater implements Deflater {
  readonly #stream: HandleStream;

  constructor({ windowBits, level, memoryLevel }: DeflaterSettings) {
    this.#stream = new HandleStream(
      createDeflateRaw({ windowBits: zlibWindowBits(windowBits), level, memLevel: memoryLevel }),
    );
  }

  deflate(message: Uint8Array): Uint8Array | undefined {
    const stream = this.#stream;
    const pieces: Uint8Array[] = [];
    let at = 0;
    while (stream.step(Z_SYNC_FLUSH, message, at, scratchBytes)) {
      const output = outputMemory().subarray(0, scratchBytes - stream.outputLeft);
      if (stream.outputLeft > 0) {
        const flushed = pieces.length === 0 ? output : Buffer.concat([...pieces, output]);
        return withoutTail(flushed);
      }
      pieces.push(output.slice());
      at = message.byteLength - stream.inputLeft;
    }
    stream.reset();
    return undefined;
  }

  reset(): void {
    this.#stream.reset();
  }

  close(): void {
    this.#stream.close();
  }
}

/** A block of `history` as it is (RFC 1951 §3.2.4): inflating it leaves a decompressor with this history. */
function storedBlockHeader({ byteLength }: Uint8Array): Uint8Array {
  const low = byteLength & 0xff;
  const high = byteLength >> 8;
  return Uint8Array.of(0, low, high, low ^ 0xff, high ^ 0xff);
}

class HandleInflater {
  readonly #stream: HandleStream;

  constructor(windowBits: number) {
    this.#stream = new HandleStream(createInflateRaw({ windowBits }));
  }

  inflate(progress: InflateProgress): Inflated {
    while (!this.#inflate(progress));
    return progress.result;
  }

  /** Up to the next final block. */
  #inflate(progress: InflateProgress): boolean {
    const stream = this.#stream;
    this.#begin(progress.history);
    const { input } = progress;
    const pieces: Uint8Array[] = [];
    let room = progress.roomBytes + 1;
    let at = 0;
    for (;;) {
      const stepRoom = Math.min(room, scratchBytes);
      if (!stream.step(Z_FINISH, input, at, stepRoom)) return progress.fail("invalid");
      const output = outputMemory().subarray(0, stepRoom - stream.outputLeft);
      at = input.byteLength - stream.inputLeft;
      // With room left and no error, a final block has been reached.
      if (stream.outputLeft > 0) {
        const joined = pieces.length === 0 ? output : Buffer.concat([...pieces, output]);
        return progress.advance(joined, at);
      }
      room -= output.byteLength;
      if (room === 0) return progress.fail("tooLong");
      pieces.push(output.slice());
    }
  }

  #begin(history: Uint8Array): void {
    const stream = this.#stream;
    stream.reset();
    if (history.byteLength === 0) return;
    stream.step(Z_NO_FLUSH, storedBlockHeader(history), 0, scratchBytes);
    stream.step(Z_NO_FLUSH, history, 0, scratchBytes);
  }
}

const inflaters = new Map<number, HandleInflater>();

function inflaterFor(windowBits: number): HandleInflater {
  let inflater = inflaters.get(windowBits);
  if (inflater === undefined) {
    inflater = new HandleInflater(windowBits);
    inflaters.set(windowBits, inflater);
  }
  return inflater;
}

/** May be used only where {@link isHandleUsable}. */
export const handleDeflateCodec: DeflateCodec = Object.freeze({
  ...documentedDeflateCodec,
  inflate: (message: Uint8Array, job: InflateJob) =>
    inflaterFor(job.windowBits).inflate(new InflateProgress(message, job)),
  openDeflater: (settings: DeflaterSettings) => new HandleDeflater(settings),
});

/** Whether the handle does all that is needed of it: both directions, a history, an error, an end that is missing. */
export function isHandleUsable(): boolean {
  try {
    const text = Buffer.from("tautline tautline tautline");
    const job = { windowBits: 15, history: new Uint8Array(0), maxBytes: 100 };
    const deflater = handleDeflateCodec.openDeflater({ windowBits: 9, level: 6, memoryLevel: 1 });
    const deflated = deflater.deflate(text)?.slice() ?? text;
    const again = deflater.deflate(text)?.slice() ?? text;
    deflater.close();
    const inflate = (message: Uint8Array, history = job.history): string => {
      const inflated = handleDeflateCodec.inflate(message, { ...job, history });
      return typeof inflated === "string" ? inflated : Buffer.from(inflated).toString();
    };
    return (
      inflate(deflated) === text.toString() &&
      inflate(again, text) === text.toString() &&
      inflate(deflated.subarray(0, 4)) === "invalid" &&
      inflate(Buffer.from([0xff, 0xff])) === "invalid" &&
      inflate(deflated) === text.toString()
    );
  } catch {
    return false;
  }
}
