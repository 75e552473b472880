/**
 * A Node.js Duplex over a connection, for `pipe` and `pipeline`: one message for each chunk.
 *
 * A WebSocket cannot be half closed (RFC 6455 §5.5.1: no data after Close), so the end of the writable side starts the
 * closing handshake, and what the peer sent before its answer can still be read.
 */
import { Duplex } from "node:stream";
import { callbackify } from "node:util";
import { ConnectionFailed } from "@tautline/protocol";
import type { Connection } from "../connection/connection.ts";
import type { Message } from "../connection/message-queue.ts";
import type { Sendable } from "../connection/sendable.ts";
import { messageChunks } from "./message-chunks.ts";
import type { MessageChunks } from "./message-chunks.ts";

export interface DuplexOptions {
  /**
   * Whether chunks are messages: strings for text, Uint8Arrays for binary. Default false: bytes both ways; a written
   * string is sent as a binary message of its UTF-8, and a text that comes is read as such. True needs a connection that
   * receives whole messages; otherwise what comes is read as it arrives.
   */
  readonly objectMode?: boolean | undefined;
}

/** Close codes with which a peer has come to its end in order; 1005 stands for a Close frame without code. */
const orderlyCodes: ReadonlySet<number> = new Set([1000, 1001, 1005]);

const normalClosure = 1000;
const goingAway = 1001;
const internalError = 1011;

/**
 * A Duplex over `connection`, which should have no other readers: messages go to listeners before they come here.
 *
 * - Back-pressure goes both ways: a chunk counts as written when the peer keeps up, and nothing is read from the peer
 *   before it is asked for.
 * - `end()` closes with 1000; the readable side goes on until the peer has answered.
 * - The readable side ends when the connection was closed in order, with 1000, 1001 or no code, and the writable side with
 *   it. Any other end destroys the stream with an error: what broke the connection, or `CONNECTION_CLOSED`.
 * - `destroy(error)` closes with 1011, `destroy()` before the end with 1001. What came and was not read is dropped.
 * - What cannot be sent (`USAGE_MESSAGE_TYPE`, a full queue that refuses) destroys the stream with that error.
 *
 * @throws UsageError `USAGE_RECEIVE` in object mode where messages are received as streams
 */
export function createDuplex(connection: Connection, options: DuplexOptions = {}): Duplex {
  return new ConnectionDuplex(connection, options.objectMode === true);
}

class ConnectionDuplex extends Duplex {
  readonly #connection: Connection;
  readonly #chunks: MessageChunks;
  readonly #objectMode: boolean;
  readonly #write = callbackify((chunk: Sendable) => this.#connection.write(chunk));

  constructor(connection: Connection, objectMode: boolean) {
    const chunks = messageChunks(connection, objectMode);
    super({ objectMode, allowHalfOpen: false, highWaterMark: objectMode ? 1 : undefined });
    this.#connection = connection;
    this.#objectMode = objectMode;
    this.#chunks = chunks;
    // Nobody may be reading when the connection breaks.
    connection.onClose((end) => {
      if (end.error !== undefined && !end.wasClean) this.destroy(end.error);
    });
  }

  override _read(): void {
    this.#readNext().catch((error: Error) => this.destroy(error));
  }

  override _write(chunk: Sendable, _encoding: string, done: (error?: Error | null) => void): void {
    this.#write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#connection.close(normalClosure);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connection.close(error === null ? goingAway : internalError);
    this.#chunks.letGo();
    done(error);
  }

  async #readNext(): Promise<void> {
    const chunk = await this.#chunks.next();
    if (chunk === undefined) await this.#finishReading();
    else this.#take(chunk);
  }

  #take(chunk: Message): void {
    // A stream of bytes cannot hold an empty chunk: `push` would take it for nothing and not ask again.
    if (!this.#objectMode && chunk.length === 0) this._read();
    else this.push(chunk);
  }

  async #finishReading(): Promise<void> {
    const { code, wasClean, error } = await this.#connection.closed;
    if (wasClean && orderlyCodes.has(code)) this.push(null);
    else this.destroy(error ?? new ConnectionFailed("CONNECTION_CLOSED", `close code ${code}`));
  }
}
