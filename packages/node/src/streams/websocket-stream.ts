/**
 * WebSocketStream as the WHATWG explainer has it: a client's connection as a pair of web streams with back-pressure.
 *
 * It translates between streams and a connection. What a connection is made of is known elsewhere.
 */
import { ReadableStream, WritableStream } from "node:stream/web";
import type { ReadableStreamDefaultController } from "node:stream/web";
import { ConnectionFailed } from "@tautline/protocol";
import type { ConnectionEnd } from "@tautline/protocol";
import { connect } from "../client/connect.ts";
import type { Connection } from "../connection/connection.ts";
import type { Message } from "../connection/message-queue.ts";
import type { ConnectOptions } from "../options.ts";
import { checkCloseArguments } from "../standard/close-arguments.ts";
import { isObject, sendableData, usvString } from "../standard/idl-conversion.ts";
import { checkSubprotocols } from "../standard/subprotocol-list.ts";
import { readSocketUrl } from "../standard/websocket-url.ts";
import { WebSocketError, webSocketErrorOf } from "./websocket-stream-error.ts";
import type { WebSocketCloseInfo } from "./websocket-stream-error.ts";

/**
 * Beside the explainer's members, everything that {@link connect} takes but `receive`: a chunk of `readable` is a message, which
 * has come whole, and in a stream of parts nothing would tell where one ends.
 */
export interface WebSocketStreamOptions extends Omit<
  ConnectOptions,
  "subprotocols" | "receive" | "receiveText"
> {
  /** The subprotocols to offer, most wanted first; a server that chooses none of them fails the attempt. Default: none. */
  readonly protocols?: readonly string[] | undefined;
  /** Gives the attempt up; once the connection is open it does nothing. */
  readonly signal?: AbortSignal | undefined;
}

/** What a WebSocketStream is once it is open. */
export interface WebSocketStreamOpened {
  /** The messages: strings for text, Uint8Arrays for binary. */
  readonly readable: ReadableStream<Message>;
  /** Takes strings, buffers and views; a write is done when the peer keeps up. */
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
  /** The extensions in force, as the header names them. */
  readonly extensions: string;
  readonly protocol: string;
}

export interface WebSocketStreamClosed {
  /** The code received; 1005 for a Close frame without one. */
  readonly closeCode: number;
  readonly reason: string;
}

/**
 * A client's WebSocket as streams.
 *
 * A clean end closes `readable` and resolves `closed`; any other errors both streams with a {@link WebSocketError} and
 * rejects `closed` with it. Closing `writable` starts the closing handshake and waits for it; cancelling `readable` and
 * aborting `writable` start it too, with code and reason of the WebSocketError that they are given.
 */
export class WebSocketStream {
  readonly url: string;
  /** Rejects with the signal's reason when that gives the attempt up, and otherwise with a WebSocketError. */
  readonly opened: Promise<WebSocketStreamOpened>;
  readonly closed: Promise<WebSocketStreamClosed>;
  readonly #giveUp = new AbortController();
  #connection: Connection | undefined;

  /**
   * @throws DOMException `SyntaxError` for a URL or protocols that no WebSocket can have
   * @throws TypeError for options and protocols that are no object and no list
   */
  constructor(url: string | URL, options: WebSocketStreamOptions = {}) {
    // `undefined` is an argument, the text "undefined"; nothing is one too few.
    if (arguments.length === 0) throw new TypeError("WebSocketStream needs a URL");
    checkDictionary(options);
    const { protocols = [], signal, ...rest } = options;
    if (!isObject(protocols)) throw new TypeError("protocols must be a list");
    this.url = readSocketUrl(usvString(url)).href;
    checkSubprotocols(protocols);
    const signals = signal === undefined ? [] : [signal];
    const connecting = connect(this.url, {
      ...rest,
      subprotocols: protocols,
      signal: AbortSignal.any([...signals, this.#giveUp.signal]),
    });
    const connected = connecting
      .then((connection) => agreed(connection, protocols))
      .catch((error: unknown) => {
        if (signal?.aborted === true && error === signal.reason) throw error;
        if (error instanceof WebSocketError) throw error;
        throw webSocketErrorOf(messageOf(error), { code: 1006, reason: "" });
      });
    this.closed = connected.then((connection) => closeOf(connection));
    this.opened = connected.then((connection) => this.#open(connection));
    // Whoever looks at one of them only is not to be told of the other's rejection as uncaught.
    this.opened.catch(() => undefined);
    this.closed.catch(() => undefined);
  }

  /**
   * Starts the closing handshake, or gives up an attempt that is under way.
   *
   * @throws DOMException `InvalidAccessError` for a code that is neither 1000 nor in 3000 to 4999, `SyntaxError` for a
   *   reason longer than 123 bytes
   */
  close(info: WebSocketCloseInfo = {}): void {
    checkDictionary(info);
    const { code, reason } = checkCloseArguments(info.closeCode, info.reason ?? "");
    if (this.#connection !== undefined) this.#connection.close(code, reason);
    else this.#giveUp.abort(new WebSocketError("closed before the connection was open"));
  }

  #open(connection: Connection): WebSocketStreamOpened {
    this.#connection = connection;
    return {
      readable: readableOf(connection, this.closed),
      writable: writableOf(connection, this.closed),
      extensions: connection.extensions,
      protocol: connection.subprotocol,
    };
  }
}

/** Stricter than RFC 6455 §4.1: who asks for subprotocols gets one of them (WHATWG WebSockets §2.2). */
function agreed(connection: Connection, protocols: readonly string[]): Connection {
  if (protocols.length === 0 || connection.subprotocol !== "") return connection;
  connection.terminate();
  throw new ConnectionFailed("CONNECTION_TERMINATED", "the server chose no subprotocol");
}

function readableOf(
  connection: Connection,
  closing: Promise<WebSocketStreamClosed>,
): ReadableStream<Message> {
  const messages = connection[Symbol.asyncIterator]();
  return new ReadableStream<Message>({
    start(controller: ReadableStreamDefaultController<Message>) {
      closing.catch((error: unknown) => controller.error(error));
    },
    async pull(controller) {
      const { value } = await messages.next();
      if (value !== undefined) {
        controller.enqueue(value);
        return;
      }
      // A failure has told the controller itself.
      await closing;
      controller.close();
    },
    cancel(reason: unknown) {
      closeFor(connection, reason);
      letGo(connection);
    },
  });
}

function writableOf(
  connection: Connection,
  closing: Promise<WebSocketStreamClosed>,
): WebSocketStreamOpened["writable"] {
  let closingHere = false;
  return new WritableStream({
    start(controller) {
      closing.then(
        () => {
          if (closingHere) return;
          controller.error(new DOMException("the connection is closed", "InvalidStateError"));
        },
        (error: unknown) => controller.error(error),
      );
    },
    write: (chunk) => connection.write(convert(chunk)),
    async close() {
      closingHere = true;
      connection.close();
      await closing;
    },
    abort: (reason: unknown) => closeFor(connection, reason),
  });
}

/** `(BufferSource or USVString)`: what is neither, a Blob among others, is sent as its text. */
function convert(chunk: unknown): string | Uint8Array {
  const data = sendableData(chunk);
  return typeof data === "string" || data instanceof Uint8Array ? data : usvString(data);
}

/** Nobody reads any more, and the peer's Close frame is to be reached all the same. */
function letGo(connection: Connection): void {
  connection.onMessage(() => undefined);
}

function closeFor(connection: Connection, reason: unknown): void {
  if (reason instanceof WebSocketError)
    connection.close(reason.closeCode ?? undefined, reason.reason);
  else connection.close();
}

/** How the connection is closed; rejects where that was not clean. */
async function closeOf(connection: Connection): Promise<WebSocketStreamClosed> {
  const end: ConnectionEnd = await connection.closed;
  if (end.wasClean) return { closeCode: end.code, reason: end.reason };
  throw webSocketErrorOf(end.error?.message ?? "connection was not closed cleanly", end);
}

/** @throws TypeError where a dictionary is wanted and something else given (Web IDL §3.2.17) */
function checkDictionary(value: unknown): void {
  if (value !== null && !isObject(value)) throw new TypeError("an object is wanted");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
