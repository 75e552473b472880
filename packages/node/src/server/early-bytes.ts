/**
 * What a peer sends before it has been answered, and whether it is still there: nobody learns of the end of a stream in front of
 * which bytes lie unread, so they are read and kept for the connection.
 *
 * That is bounded. Of a peer that has sent more, nothing is known until somebody reads on.
 */
import type { Duplex } from "node:stream";
import type { Unsubscribe } from "../connection/listeners.ts";

/** A peer has nothing to say before the answer. Reading stops when this is reached, and one chunk may pass it. */
export const maxEarlyBytes = 16 * 1024;

const ends = ["end", "aborted", "close", "error"];

export class EarlyBytes {
  readonly #stream: Duplex;
  readonly #chunks: Uint8Array[];
  #byteLength = 0;

  /** @param head what has been read before; it stays the caller's */
  constructor(stream: Duplex, head: Uint8Array = new Uint8Array()) {
    this.#stream = stream;
    this.#chunks = [head];
  }

  /** All of them, in memory of their own. */
  get bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  /** Reads, and calls `onLost` when the peer goes away; until told to stop, with nothing lost. */
  watch(onLost: (cause: Error | undefined) => void): Unsubscribe {
    const stream = this.#stream;
    const onGone = (error?: unknown): void => onLost(error instanceof Error ? error : undefined);
    for (const event of ends) stream.on(event, onGone);
    stream.on("data", this.#onData);
    stream.resume();
    return () => {
      for (const event of ends) stream.off(event, onGone);
      stream.off("data", this.#onData);
      stream.pause();
    };
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#chunks.push(chunk);
    this.#byteLength += chunk.length;
    if (this.#byteLength >= maxEarlyBytes) this.#stream.pause();
  };
}
