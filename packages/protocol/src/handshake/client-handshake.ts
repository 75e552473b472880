/**
 * The client's side of the opening handshake (RFC 6455 §4.1): one request out, bytes in, and in the end an agreement or an
 * error.
 *
 * It does not know the connection it runs on: the adapter writes `request`, passes on what comes back, ends the connection
 * when the handshake fails, and gives what follows the head to the engine. Nothing a peer sends makes it throw.
 */
import {
  ConnectionFailed,
  type LimitExceeded,
  type ProtocolViolation,
  TautlineError,
  UsageError,
} from "../errors.ts";
import type { Platform } from "../platform.ts";
import { acceptKey, createHandshakeKey } from "./accept-key.ts";
import { type ClientRequestOptions, encodeRequest } from "./client-request.ts";
import { type Agreement, type ClientOffer, judgeResponse } from "./client-response.ts";
import { type ResponseHead, parseResponseHead } from "./head-lines.ts";
import { type HeadLimits, headLimitDefaults } from "./head-limits.ts";
import { HeadReader, type HeadResult } from "./head-reader.ts";
import type { HeaderList } from "./header-list.ts";

export interface ClientHandshakeOptions extends ClientRequestOptions {
  readonly platform: Platform;
  /** How long the response's head may be. Default: {@link headLimitDefaults}. */
  readonly limits?: Partial<HeadLimits> | undefined;
}

/** The server speaks WebSocket; the connection is open. */
export interface HandshakeOpened extends Agreement {
  readonly state: "opened";
  /** All headers of the response. */
  readonly headers: HeaderList;
  /** The bytes behind the head, already frames: a view of the chunk just given, untouched. */
  readonly rest: Uint8Array;
}

/** There will be no WebSocket on this connection. */
export interface HandshakeFailed {
  readonly state: "failed";
  /** A `HandshakeRefused`, with status and headers, when the server answered with another status than 101. */
  readonly error: ProtocolViolation | LimitExceeded | ConnectionFailed;
  /** What followed the head: the beginning of the body of a refusal; empty when there was no whole head. A view of the chunk just given. */
  readonly rest: Uint8Array;
}

export type ClientHandshakeResult =
  { readonly state: "pending" } | HandshakeOpened | HandshakeFailed;

/** 1xx other than 101 is news on the way to the response, not the response (RFC 9110 §15.2). */
function isInterim(status: number): boolean {
  return status < 200 && status !== 101;
}

export class ClientHandshake {
  /** The bytes to send, whole and once. They belong to the caller. */
  readonly request: Uint8Array;
  readonly #offer: ClientOffer;
  readonly #limits: HeadLimits;
  #reader: HeadReader<ResponseHead>;
  /** Bytes of interim responses; they count against the same limit, or they could go on for ever. */
  #interimBytes = 0;
  #ended = false;

  /**
   * Takes a fresh key from the platform's secure source and builds the request.
   *
   * @throws {UsageError} `USAGE_HANDSHAKE_HOST`, `USAGE_HANDSHAKE_TARGET`, `USAGE_HANDSHAKE_SUBPROTOCOL` or
   *   `USAGE_HANDSHAKE_HEADER` for what must not be sent, line ends in any of them first of all.
   */
  constructor(options: ClientHandshakeOptions) {
    const { platform, subprotocols = [], extensions = [] } = options;
    const key = createHandshakeKey(platform);
    this.request = encodeRequest(options, key);
    this.#offer = {
      acceptKey: acceptKey(key, platform),
      subprotocols: [...subprotocols],
      extensions: [...extensions],
    };
    this.#limits = { ...headLimitDefaults, ...options.limits };
    this.#reader = new HeadReader(parseResponseHead, this.#limits);
  }

  /**
   * Takes the next bytes from the server. No reference to `chunk` is kept, except by `rest` in the result.
   *
   * @throws {UsageError} `USAGE_HANDSHAKE_ENDED` after a result that was not "pending".
   */
  receive(chunk: Uint8Array): ClientHandshakeResult {
    this.#checkOpen();
    const result = this.#receiveHead(chunk);
    if (result.state === "pending") {
      return result;
    }
    this.#ended = true;
    if (result.state === "failed") {
      return { ...result, rest: new Uint8Array(0) };
    }
    const { head, rest } = result;
    const verdict = judgeResponse(head, this.#offer);
    return verdict instanceof TautlineError
      ? { state: "failed", error: verdict, rest }
      : { state: "opened", ...verdict, headers: head.headers, rest };
  }

  /**
   * The connection ended or broke before the response was complete.
   *
   * @throws {UsageError} `USAGE_HANDSHAKE_ENDED` after a result that was not "pending".
   */
  receiveEnd(cause?: Error): HandshakeFailed {
    this.#checkOpen();
    this.#ended = true;
    const error = new ConnectionFailed("CONNECTION_HANDSHAKE_CUT", undefined, { cause });
    return { state: "failed", error, rest: new Uint8Array(0) };
  }

  #checkOpen(): void {
    if (this.#ended) {
      throw new UsageError("USAGE_HANDSHAKE_ENDED");
    }
  }

  #receiveHead(chunk: Uint8Array): HeadResult<ResponseHead> {
    let result = this.#reader.receive(chunk);
    while (result.state === "complete" && isInterim(result.head.status)) {
      this.#interimBytes += this.#reader.byteLength;
      const maxHeadBytes = this.#limits.maxHeadBytes - this.#interimBytes;
      this.#reader = new HeadReader(parseResponseHead, { ...this.#limits, maxHeadBytes });
      result = this.#reader.receive(result.rest);
    }
    return result;
  }
}
