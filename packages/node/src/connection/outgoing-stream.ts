/**
 * A message sent while its parts are still coming: from a web or Node.js stream or any iterable, fragment by fragment
 * (RFC 6455 §5.4), no faster than the peer reads.
 *
 * It decides how a source becomes fragments and what becomes of a message whose source fails. How fragments and other
 * messages keep out of each other's way is the engine's business.
 */
import { Buffer } from "node:buffer";
import { Opcode, UsageError } from "@tautline/protocol";
import type { Fragment } from "@tautline/protocol";
import { bytesOf } from "./sendable.ts";

/** What a message can come from; a ReadableStream and a Node.js Readable are asynchronous iterables. */
export type MessageSource =
  | AsyncIterable<string | ArrayBufferView | ArrayBuffer>
  | Iterable<string | ArrayBufferView | ArrayBuffer>;

export interface SendStreamOptions {
  /** What the message is. Default: what its first chunk is, text for a string; binary when there is none. */
  readonly type?: "text" | "binary" | undefined;
}

/** What a stream needs of its connection. */
export interface FragmentOutput {
  isOpen(): boolean;
  sendFragment(fragment: Fragment): boolean;
  /** Resolves when the peer keeps up; rejects when the connection is over. */
  drained(): Promise<void>;
  /** Calls `listener` with the reason when the connection is over, and answers with how to take that back. */
  onEnd(listener: (error: Error) => void): () => void;
  fail(): void;
}

/** Larger chunks are cut, so that pings and a Close frame can pass. */
const maxFragmentBytes = 64 * 1024;

export class OutgoingStreams {
  readonly #output: FragmentOutput;
  #last: Promise<void> = Promise.resolve();

  constructor(output: FragmentOutput) {
    this.#output = output;
  }

  /** Sends `source` as one message, when those before it are sent. */
  send(source: MessageSource, options: SendStreamOptions): Promise<void> {
    const run = this.#last.then(() => new OutgoingStream(this.#output, options.type).run(source));
    this.#last = run.catch(() => undefined);
    return run;
  }
}

class OutgoingStream {
  readonly #output: FragmentOutput;
  #type: "text" | "binary" | undefined;
  #opcode: Opcode | undefined;
  /** The first half of a character of two UTF-16 units, whose second half is in the next chunk. */
  #half = "";
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(output: FragmentOutput, type: "text" | "binary" | undefined) {
    this.#output = output;
    this.#type = type;
  }

  async run(source: MessageSource): Promise<void> {
    const iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    let finished = false;
    try {
      for (;;) {
        const step = await this.#step(iterator);
        finished = step.done === true;
        if (step.done === true) break;
        await this.#send(this.#bytes(step.value));
      }
      await this.#finish();
    } catch (error) {
      // A message cannot be taken back (RFC 6455 §5.4): what is begun and cannot be finished ends the connection.
      if (this.#opcode === Opcode.continuation && this.#output.isOpen()) this.#output.fail();
      if (!finished) void Promise.resolve(iterator.return?.()).catch(() => undefined);
      throw error;
    }
  }

  /** The source's next chunk; does not wait for it when the connection ends. */
  #step<Chunk>(iterator: AsyncIterator<Chunk> | Iterator<Chunk>): Promise<IteratorResult<Chunk>> {
    return new Promise((resolve, reject) => {
      const forget = this.#output.onEnd(reject);
      Promise.resolve(iterator.next()).then(resolve, reject).finally(forget);
    });
  }

  #bytes(chunk: string | ArrayBufferView | ArrayBuffer): Uint8Array {
    this.#type ??= typeof chunk === "string" ? "text" : "binary";
    if (this.#type === "text") {
      const text =
        typeof chunk === "string" ? chunk : this.#decoder.decode(bytesOf(chunk), { stream: true });
      return this.#encoded(this.#half + text);
    }
    if (typeof chunk === "string")
      throw new UsageError("USAGE_MESSAGE_TYPE", "text in a binary message");
    return bytesOf(chunk);
  }

  #encoded(text: string): Uint8Array {
    const cut = /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length;
    this.#half = text.slice(cut);
    return Buffer.from(text.slice(0, cut), "utf8");
  }

  async #finish(): Promise<void> {
    // Bytes that end within a character are no text.
    if (this.#type === "text") this.#decoder.decode();
    await this.#fragment(Buffer.from(this.#half, "utf8"), true);
  }

  async #send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength; at += maxFragmentBytes) {
      await this.#fragment(bytes.subarray(at, at + maxFragmentBytes), false);
    }
  }

  async #fragment(payload: Uint8Array, fin: boolean): Promise<void> {
    await this.#output.drained();
    const opcode = this.#opcode ?? (this.#type === "text" ? Opcode.text : Opcode.binary);
    this.#opcode = Opcode.continuation;
    this.#output.sendFragment({ opcode, payload, fin });
  }
}
