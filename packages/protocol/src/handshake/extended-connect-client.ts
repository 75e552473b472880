/**
 * The client's side of the opening handshake in HTTP/2 (RFC 8441 §5): the fields of one request, and the verdict on the
 * head that answers it.
 *
 * Whether the server allows an extended CONNECT (SETTINGS_ENABLE_CONNECT_PROTOCOL) is for the adapter to find out first.
 * Nothing a peer sends makes it throw.
 */
import {
  type ConnectionFailed,
  LimitExceeded,
  type ProtocolViolation,
  TautlineError,
} from "../errors.ts";
import type { HeaderPair } from "./caller-headers.ts";
import {
  type ClientRequestOptions,
  checkClientRequest,
  hostOf,
  negotiationHeaders,
} from "./client-request.ts";
import { type Agreement, type NegotiableOffer, agree } from "./client-response.ts";
import { http2Fields } from "./extended-connect-fields.ts";
import { HandshakeRefused } from "./handshake-refused.ts";
import { headLimitDefaults } from "./head-limits.ts";
import type { HeaderList } from "./header-list.ts";

export interface ClientConnectOptions extends ClientRequestOptions {
  /** Headers in the response; more are an error. Default 128. */
  readonly maxHeaderCount?: number | undefined;
}

/** The server speaks WebSocket; the stream carries it from here on. */
export interface ConnectOpened extends Agreement {
  readonly state: "opened";
  /** All headers of the response. */
  readonly headers: HeaderList;
}

/** There will be no WebSocket on this stream. */
export interface ConnectFailed {
  readonly state: "failed";
  /** A `HandshakeRefused`, with status and headers, when the server answered with another status than 200. */
  readonly error: ProtocolViolation | LimitExceeded | ConnectionFailed;
}

export type ClientConnectResult = ConnectOpened | ConnectFailed;

export class ClientConnect {
  /** The fields to send, in this order, without the end of the stream. */
  readonly fields: readonly HeaderPair[];
  readonly #offer: NegotiableOffer;
  readonly #maxHeaderCount: number;

  /**
   * @throws {UsageError} `USAGE_HANDSHAKE_HOST`, `USAGE_HANDSHAKE_TARGET`, `USAGE_HANDSHAKE_SUBPROTOCOL` or
   *   `USAGE_HANDSHAKE_HEADER` for what must not be sent.
   */
  constructor(options: ClientConnectOptions) {
    const { target = "/", subprotocols = [], extensions = [], headers = [] } = options;
    checkClientRequest(options);
    this.fields = [
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", options.secure === true ? "https" : "http"],
      [":authority", hostOf(options)],
      [":path", target],
      ...http2Fields([...negotiationHeaders(options), ...headers]),
    ];
    this.#offer = { subprotocols: [...subprotocols], extensions: [...extensions] };
    this.#maxHeaderCount = options.maxHeaderCount ?? headLimitDefaults.maxHeaderCount;
  }

  /** Judges the head of the final response: interim ones (1xx) are not for here. */
  receive(status: number, headers: HeaderList): ClientConnectResult {
    if (headers.size > this.#maxHeaderCount) {
      const error = new LimitExceeded("LIMIT_HEADER_COUNT", String(this.#maxHeaderCount));
      return { state: "failed", error };
    }
    if (status !== 200) return { state: "failed", error: new HandshakeRefused(status, headers) };
    const agreement = agree(headers, this.#offer);
    return agreement instanceof TautlineError
      ? { state: "failed", error: agreement }
      : { state: "opened", ...agreement, headers };
  }
}
