/**
 * Inflates messages in parts with a stream of node:zlib, on other threads, no further than is asked for.
 */
import { Buffer } from "node:buffer";
import { createInflateRaw } from "node:zlib";
import type { InflateRaw } from "node:zlib";
import type { Inflater, PartInflateJob } from "@tautline/protocol";
import { ending, maxFinalBlocks } from "./deflate-stream.ts";

/** Each piece of output is a trip to another thread. */
const pieceBytes = 64 * 1024;

const nothing = Buffer.alloc(0);

class StreamInflater implements Inflater {
  readonly #job: PartInflateJob;
  #stream: InflateRaw;
  #input: Buffer = nothing;
  /** The input is on its way through the stream. */
  #working = false;
  /** The input is the ending, with which the message must come to its end. */
  #finishing = false;
  /** The stream has reached a final block and all of it has been read. */
  #stopped = false;
  #state: "going" | "end" | "invalid" = "going";
  #finalBlocks = 0;
  /** Bytes of earlier inputs that the stream has been given. */
  #before = 0;

  constructor(job: PartInflateJob) {
    this.#job = job;
    this.#stream = this.#open();
  }

  write(bytes: Uint8Array): void {
    this.#before += this.#input.byteLength;
    this.#pass(Buffer.from(bytes));
  }

  finish(): void {
    this.#before += this.#input.byteLength;
    this.#finishing = true;
    this.#pass(Buffer.from(ending));
  }

  read(): ReturnType<Inflater["read"]> {
    if (this.#stopped) this.#goOn();
    if (this.#state !== "going") return this.#state;
    const piece: unknown = this.#stream.read();
    if (piece instanceof Uint8Array) return piece;
    return this.#working ? "later" : "more";
  }

  close(): void {
    this.#stream.removeAllListeners().on("error", () => undefined);
    this.#stream.destroy();
  }

  #open(): InflateRaw {
    const history = Buffer.from(this.#job.history());
    const stream = createInflateRaw({
      windowBits: this.#job.windowBits,
      chunkSize: pieceBytes,
      ...(history.byteLength === 0 ? {} : { dictionary: history }),
    });
    stream.on("readable", () => this.#job.ready());
    stream.on("end", () => {
      this.#stopped = true;
      this.#job.ready();
    });
    stream.on("error", () => {
      this.#state = "invalid";
      this.#job.ready();
    });
    return stream;
  }

  #pass(input: Buffer): void {
    this.#input = input;
    this.#working = true;
    if (this.#finishing) {
      this.#stream.end(input);
      return;
    }
    const stream = this.#stream;
    stream.write(input, () => {
      // Where a final block came before the end of the input, the end of the stream is told as well, and that counts.
      if (stream !== this.#stream || this.#takenBytes < input.byteLength) return;
      this.#working = false;
      this.#job.ready();
    });
  }

  /** What the stream has used of the input. */
  get #takenBytes(): number {
    return this.#stream.bytesWritten - this.#before;
  }

  /** Goes on behind a final block. */
  #goOn(): void {
    this.#stopped = false;
    const at = this.#takenBytes;
    if (this.#finishing) {
      // All of the ending is used, or none of it: then the final block was the message's own very last.
      this.#state = at === 0 || at === ending.byteLength ? "end" : "invalid";
    } else if (this.#finalBlocks === maxFinalBlocks) {
      this.#state = "invalid";
    } else {
      this.#finalBlocks += 1;
      this.close();
      this.#stream = this.#open();
      this.#before = 0;
      this.#pass(this.#input.subarray(at));
    }
  }
}

/** Wherever node:zlib is. */
export function openDocumentedInflater(job: PartInflateJob): Inflater {
  return new StreamInflater(job);
}
