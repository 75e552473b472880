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
import { openHandleInflater } from "./inflater-handle.ts";
import { HandleStream, outputMemory, scratchBytes } from "./zlib-handle.ts";

const { Z_FINISH, Z_SYNC_FLUSH } = constants;

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

class WholeInflater {
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
    stream.begin(progress.history);
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
}

const inflaters = new Map<number, WholeInflater>();

function inflaterFor(windowBits: number): WholeInflater {
  let inflater = inflaters.get(windowBits);
  if (inflater === undefined) {
    inflater = new WholeInflater(windowBits);
    inflaters.set(windowBits, inflater);
  }
  return inflater;
}

/** May be used only where {@link isHandleUsable}. */
export const handleDeflateCodec: DeflateCodec = Object.freeze({
  ...documentedDeflateCodec,
  inflate: (message: Uint8Array, job: InflateJob) =>
    inflaterFor(job.windowBits).inflate(new InflateProgress(message, job)),
  openInflater: openHandleInflater,
  openDeflater: (settings: DeflaterSettings) => new HandleDeflater(settings),
});

function inflatedInParts(parts: readonly Uint8Array[]): string {
  const history = new Uint8Array(0);
  const job = { windowBits: 15, history: () => history, ready: () => undefined };
  const inflater = openHandleInflater(job);
  let text = "";
  const readOn = (): string => {
    for (;;) {
      const next = inflater.read();
      if (typeof next === "string") return next;
      text += Buffer.from(next).toString();
    }
  };
  for (const part of parts) {
    inflater.write(part);
    if (readOn() !== "more") return "";
  }
  inflater.finish();
  const state = readOn();
  inflater.close();
  return state === "end" ? text : "";
}

/**
 * Whether the handle does all that is needed of it: both directions, a history, an error, an end that is missing, a message
 * in parts.
 */
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
      inflate(deflated) === text.toString() &&
      inflatedInParts([deflated.subarray(0, 4), deflated.subarray(4)]) === text.toString()
    );
  } catch {
    return false;
  }
}
