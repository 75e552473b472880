/**
 * Compression for those who use `PerMessageDeflate` by itself, without a connection: zlib's streams, one message or
 * fragment after the other. Connections never come here; the engine compresses their messages.
 */
import { constants, createDeflateRaw, createInflateRaw } from "node:zlib";
import type { DeflateRaw, InflateRaw } from "node:zlib";

export type CompressCallback = (error: Error | null, data?: Buffer) => void;

/** The empty block that ends a message, and that does not travel (RFC 7692 §7.2.1). */
const emptyBlock = Buffer.from([0x00, 0x00, 0xff, 0xff]);

interface Job {
  readonly data: Uint8Array | string;
  readonly fin: boolean;
  readonly done: CompressCallback;
}

export interface StreamSettings {
  readonly windowBits: number;
  /** Each message stands alone. */
  readonly noContextTakeover: boolean;
  readonly zlibOptions: object | undefined;
  /** For inflating: 0 is no limit. */
  readonly maxPayload: number;
}

export class DeflateStream {
  readonly #kind: "deflate" | "inflate";
  readonly #settings: StreamSettings;
  #stream: DeflateRaw | InflateRaw | undefined;
  #jobs: Job[] = [];
  #chunks: Buffer[] = [];
  #byteLength = 0;

  constructor(kind: "deflate" | "inflate", settings: StreamSettings) {
    this.#kind = kind;
    this.#settings = settings;
  }

  /** Does `job` after those that came before it. `done` is never called from within. */
  add(job: Job): void {
    this.#jobs.push(job);
    if (this.#jobs.length === 1) this.#begin(job);
  }

  /** Gives the memory back; what is under way fails. */
  close(): void {
    const jobs = this.#jobs;
    this.#jobs = [];
    this.#stream?.close();
    this.#stream = undefined;
    if (this.#kind === "inflate") return;
    for (const { done } of jobs) {
      done(new Error("The deflate stream was closed while data was being processed"));
    }
  }

  #begin({ data, fin }: Job): void {
    const stream = (this.#stream ??= this.#open());
    this.#chunks = [];
    this.#byteLength = 0;
    stream.write(data);
    if (this.#kind === "inflate" && fin) stream.write(emptyBlock);
    const flushed = (): void => {
      if (this.#stream === stream) this.#finish(fin);
    };
    if (this.#kind === "deflate") stream.flush(constants.Z_SYNC_FLUSH, flushed);
    else stream.flush(flushed);
  }

  #open(): DeflateRaw | InflateRaw {
    const options = { ...this.#settings.zlibOptions, windowBits: this.#settings.windowBits };
    const stream = this.#kind === "deflate" ? createDeflateRaw(options) : createInflateRaw(options);
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.on("error", (error: Error) => {
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      this.#next(error);
    });
    return stream;
  }

  #take(chunk: Buffer): void {
    this.#byteLength += chunk.byteLength;
    const { maxPayload } = this.#settings;
    if (this.#kind === "deflate" || maxPayload < 1 || this.#byteLength <= maxPayload) {
      this.#chunks.push(chunk);
      return;
    }
    this.#stream?.close();
    this.#stream = undefined;
    const error = new RangeError("Max payload size exceeded");
    this.#next(Object.assign(error, { code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" }));
  }

  #finish(fin: boolean): void {
    const data = Buffer.concat(this.#chunks, this.#byteLength);
    const cut = this.#kind === "deflate" && fin ? emptyBlock.byteLength : 0;
    // A block that says it is the last one ends the stream; the next message begins another.
    if (this.#stream?.readableEnded) this.#stream = undefined;
    else if (fin && this.#settings.noContextTakeover) this.#stream?.reset();
    this.#next(null, data.subarray(0, data.byteLength - cut));
  }

  #next(error: Error | null, data?: Buffer): void {
    const job = this.#jobs.shift();
    const [following] = this.#jobs;
    if (following !== undefined) this.#begin(following);
    if (error === null) job?.done(null, data);
    else job?.done(error);
  }
}
