/**
 * Inflates messages in parts on zlib's handle, no further than is asked for, on the thread that asks. What a few bytes
 * stand for may be long: after a while it lets others have their turn.
 */
import { Buffer } from "node:buffer";
import { constants, createInflateRaw } from "node:zlib";
import type { Inflater, PartInflateJob } from "@tautline/protocol";
import { ending, maxFinalBlocks } from "./deflate-stream.ts";
import { HandleStream, outputMemory, scratchBytes } from "./zlib-handle.ts";

/** Most that comes out in one turn of the event loop: a few milliseconds of work. */
const turnBytes = 1024 * 1024;

/** Streams that are kept for the next message, for making one costs more than a small message. */
const maxSpare = 4;

const nothing = new Uint8Array(0);

const spares = new Map<number, HandleStream[]>();

function sparesFor(windowBits: number): HandleStream[] {
  let kept = spares.get(windowBits);
  if (kept === undefined) {
    kept = [];
    spares.set(windowBits, kept);
  }
  return kept;
}

class HandleInflater implements Inflater {
  readonly #job: PartInflateJob;
  readonly #stream: HandleStream;
  #input: Uint8Array = nothing;
  #at = 0;
  /** The input is the ending, with which the message must come to its end. */
  #finishing = false;
  /** zlib has reached a final block and stopped there. */
  #stopped = false;
  #state: "going" | "end" | "invalid" = "going";
  #finalBlocks = 0;
  #turnLeft = turnBytes;
  #rest: NodeJS.Immediate | undefined;

  constructor(job: PartInflateJob) {
    const { windowBits } = job;
    this.#job = job;
    this.#stream =
      sparesFor(windowBits).pop() ?? new HandleStream(createInflateRaw({ windowBits }));
    this.#stream.begin(job.history());
  }

  write(bytes: Uint8Array): void {
    this.#input = Buffer.from(bytes);
    this.#at = 0;
  }

  finish(): void {
    this.#input = ending;
    this.#at = 0;
    this.#finishing = true;
  }

  read(): ReturnType<Inflater["read"]> {
    for (;;) {
      if (this.#stopped) this.#goOn();
      if (this.#state !== "going") return this.#state;
      if (this.#turnLeft <= 0) return this.#later();
      const output = this.#step();
      if (output === undefined) continue;
      if (output.byteLength > 0) return output;
      if (!this.#stopped && this.#state === "going") return "more";
    }
  }

  close(): void {
    clearImmediate(this.#rest);
    const kept = sparesFor(this.#job.windowBits);
    if (kept.length < maxSpare) kept.push(this.#stream);
    else this.#stream.close();
  }

  /** What comes of the input next; nothing when that is all of it, and `undefined` when it is wrong. */
  #step(): Uint8Array | undefined {
    const stream = this.#stream;
    const flush = this.#finishing ? constants.Z_FINISH : constants.Z_NO_FLUSH;
    if (!stream.step(flush, this.#input, this.#at, scratchBytes)) {
      this.#state = "invalid";
      return undefined;
    }
    const { inputLeft, outputLeft } = stream;
    this.#at = this.#input.byteLength - inputLeft;
    if (outputLeft > 0) {
      // With room left and no error, zlib has stopped at a final block, or for want of input.
      if (inputLeft > 0) this.#stopped = true;
      else if (this.#finishing) this.#state = "end";
    }
    const output = outputMemory().subarray(0, scratchBytes - outputLeft);
    this.#turnLeft -= output.byteLength;
    return output;
  }

  /** Goes on behind a final block. */
  #goOn(): void {
    this.#stopped = false;
    if (this.#finishing) {
      // The final block was the message's own very last, or the ending has become part of something else.
      this.#state = this.#at === 0 ? "end" : "invalid";
    } else if (this.#finalBlocks === maxFinalBlocks) {
      this.#state = "invalid";
    } else {
      this.#finalBlocks += 1;
      this.#stream.begin(this.#job.history());
    }
  }

  #later(): "later" {
    this.#rest ??= setImmediate(() => {
      this.#rest = undefined;
      this.#turnLeft = turnBytes;
      this.#job.ready();
    });
    return "later";
  }
}

/** May be used only where the handle is usable. */
export function openHandleInflater(job: PartInflateJob): Inflater {
  return new HandleInflater(job);
}
