/**
 * What a peer sends on a bare socket before it has been answered, and whether it is still there: as the bytes before the answer
 * are kept from a stream, and bounded alike.
 */
import type { BareSocket } from "../connection/bare-socket.ts";
import type { TransportEvents } from "../connection/transport.ts";
import { maxEarlyBytes } from "./early-bytes.ts";

export class EarlyReads implements TransportEvents {
  readonly #socket: BareSocket;
  readonly #chunks: Uint8Array[];
  readonly #onLost: (cause: Error | undefined) => void;
  #byteLength = 0;

  /** @param rest what has been read before */
  constructor(socket: BareSocket, rest: Uint8Array, onLost: (cause: Error | undefined) => void) {
    this.#socket = socket;
    this.#chunks = [rest];
    this.#onLost = onLost;
  }

  /** All of them, in memory of their own. */
  get bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  received(chunk: Uint8Array): void {
    this.#chunks.push(Uint8Array.from(chunk));
    this.#byteLength += chunk.byteLength;
    if (this.#byteLength >= maxEarlyBytes) this.#socket.pause();
  }

  receivedEnd(): void {
    this.#onLost(undefined);
  }

  written(): void {
    // Whoever has asked for the socket may have written; nobody waits for that here.
  }

  closed(error: Error | undefined): void {
    this.#onLost(error);
  }
}
