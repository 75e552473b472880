/**
 * A message that is received as a stream while it arrives: the object that applications read it from.
 *
 * It knows how bytes become text and what forms a reader may want; when bytes come and how many are kept is decided
 * elsewhere.
 */
import { Buffer } from "node:buffer";
import { ReadableStream } from "node:stream/web";
import { StringDecoder } from "node:string_decoder";
import { LimitExceeded, engineDefaults } from "@tautline/protocol";
import type { IncomingParts } from "./incoming-parts.ts";
import type { Message } from "./message-queue.ts";

export interface GatherOptions {
  /** Largest message, in bytes. Default 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
}

/**
 * Its chunks are strings for a text and Uint8Arrays, which belong to the reader, for a binary message; where they are cut
 * has no meaning. It is read once, in one of its forms. The peer is held back until it is read, so that a message that
 * nobody wants is to be cancelled.
 *
 * Reading throws what ended the connection when that was before the end of the message, behind what had come of it:
 * ConnectionFailed `CONNECTION_CLOSED` when it was closed in order.
 */
export class MessageStream implements AsyncIterable<Message> {
  readonly type: "text" | "binary";
  readonly #parts: IncomingParts;
  readonly #decoder: StringDecoder | undefined;
  #readable: ReadableStream<Message> | undefined;
  #begun = false;

  /** @internal made by a connection */
  constructor(type: "text" | "binary", parts: IncomingParts) {
    this.type = type;
    this.#parts = parts;
    // The engine has checked what comes, so nothing is ever replaced.
    if (type === "text") this.#decoder = new StringDecoder("utf8");
  }

  /** @internal whether somebody has begun to read */
  get begun(): boolean {
    return this.#begun;
  }

  /** The chunks as they come. Leaving the loop cancels the rest. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    this.#begun = true;
    const iterator: AsyncIterableIterator<Message> = {
      next: () => this.#next(),
      return: () => {
        this.cancel();
        return Promise.resolve({ done: true, value: undefined });
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** The chunks as a web stream, which pulls one when it is asked for one; cancelling it cancels the rest. */
  get readable(): ReadableStream<Message> {
    this.#begun = true;
    this.#readable ??= new ReadableStream<Message>(
      {
        pull: async (controller) => {
          const { done, value } = await this.#next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => this.cancel(),
      },
      { highWaterMark: 0 },
    );
    return this.#readable;
  }

  /**
   * All that has not been read, as text; what is no UTF-8 in a binary message becomes U+FFFD.
   *
   * @throws LimitExceeded `LIMIT_MESSAGE_BYTES`; the rest is cancelled then
   */
  async text(options: GatherOptions = {}): Promise<string> {
    return (await this.#gather(options)).toString("utf8");
  }

  /** All that has not been read, as bytes; a text as its UTF-8. Throws as {@link text}. */
  async bytes(options: GatherOptions = {}): Promise<Uint8Array> {
    const gathered = await this.#gather(options);
    return new Uint8Array(gathered.buffer, gathered.byteOffset, gathered.byteLength);
  }

  /** Nobody wants the rest: what still comes is dropped, and readers are told of the end. */
  cancel(): void {
    this.#begun = true;
    this.#parts.cancel();
  }

  async #next(): Promise<IteratorResult<Message, undefined>> {
    for (;;) {
      const bytes = await this.#parts.next();
      if (bytes === undefined) return { done: true, value: undefined };
      if (this.#decoder === undefined) return { done: false, value: bytes };
      // Bytes that end within their only character are no text yet.
      const text = this.#decoder.write(bytes);
      if (text !== "") return { done: false, value: text };
    }
  }

  async #gather(options: GatherOptions): Promise<Buffer> {
    this.#begun = true;
    const { maxMessageBytes = engineDefaults.maxMessageBytes } = options;
    const gathered: Uint8Array[] = [];
    let byteLength = 0;
    for (;;) {
      const bytes = await this.#parts.next();
      if (bytes === undefined) break;
      byteLength += bytes.byteLength;
      if (byteLength > maxMessageBytes) {
        this.cancel();
        throw new LimitExceeded("LIMIT_MESSAGE_BYTES", `> ${maxMessageBytes}`);
      }
      gathered.push(bytes);
    }
    return Buffer.concat(gathered, byteLength);
  }
}
