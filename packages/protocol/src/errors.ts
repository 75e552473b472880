/**
 * What can go wrong, and whose fault it is.
 *
 * Four classes name who is at fault: the caller, the peer, a limit, or the world between them. One table gives every
 * stable `code` the close code that the peer is told (RFC 6455 §7.4.1) and the sentence a person reads. This file
 * does not know where errors are found.
 */

interface ErrorRow {
  /** Sent to the peer in the Close frame; absent when no frame can or should be sent. */
  readonly closeCode?: number;
  readonly text: string;
}

const usageErrors = {
  USAGE_CLOSE_CODE: { text: "close code must be 1000–1003, 1007–1014 or 3000–4999" },
  USAGE_CLOSE_REASON: {
    text: "close reason must be at most 123 bytes of UTF-8 and needs a close code",
  },
  USAGE_CONTROL_PAYLOAD: { text: "payload of a ping or pong must be at most 125 bytes" },
  USAGE_MESSAGE_TYPE: {
    text: "message must be a string, an ArrayBuffer, a view on one, or a prepared message",
  },
  USAGE_OPTION: { text: "option is out of range" },
  USAGE_OUTPUT_IN_FLIGHT: {
    text: "output was taken again before the last batch was reported written",
  },
  USAGE_PATH_TAKEN: { text: "another WebSocket server has this path of the http server" },
  USAGE_PAYLOAD_DETACHED: {
    closeCode: 1011,
    text: "bytes were detached from their owner before they were written",
  },
  USAGE_PROXY: { text: "proxy must be an absolute URL with the scheme http, https or socks5" },
  USAGE_QUEUE_FULL: { text: "message finds no room in the queue, and was not taken" },
  USAGE_RECEIVE: { text: "messages are received in another form, as the option receive says" },
  USAGE_SERVER_STATE: { text: "server listens already or has been shut down" },
  USAGE_SOCKET_TAKEN: { text: "socket has been upgraded or refused already" },
  USAGE_URL: { text: "URL must be absolute, with the scheme ws or wss and without a fragment" },
  USAGE_HANDSHAKE_ENDED: { text: "handshake has ended and takes no more bytes" },
  USAGE_HANDSHAKE_HEADER: { text: "header must not be sent" },
  USAGE_HANDSHAKE_HOST: { text: "host must be a name or address with an optional port" },
  USAGE_HANDSHAKE_ORIGIN: { text: 'allowed origin must be "null" or scheme://host[:port]' },
  USAGE_HANDSHAKE_RESPONSE: {
    text: "refusal of a handshake hook must have a status from 200 on and a body of at most 1 MiB",
  },
  USAGE_HANDSHAKE_SUBPROTOCOL: { text: "subprotocols must be unique tokens" },
  USAGE_HANDSHAKE_SUBPROTOCOL_CHOICE: { text: "chosen subprotocol was not offered" },
  USAGE_HANDSHAKE_TARGET: {
    text: "request target must begin with / and be visible ASCII without #",
  },
} as const satisfies Record<string, ErrorRow>;

/** No close code: where the opening handshake fails there is no connection to close. */
const handshakeViolations = {
  HANDSHAKE_HEAD: { text: "head is not well-formed HTTP/1.1" },
  HANDSHAKE_METHOD: { text: "method of a WebSocket handshake must be GET, in HTTP/2 CONNECT" },
  HANDSHAKE_PROTOCOL: { text: ":protocol of an extended CONNECT must be websocket" },
  HANDSHAKE_SCHEME: { text: ":scheme of an extended CONNECT must be http or https" },
  HANDSHAKE_CONNECTION_SPECIFIC: {
    text: "request in HTTP/2 must have no Connection, no Upgrade and the like",
  },
  HANDSHAKE_HTTP_VERSION: { text: "WebSocket handshake needs HTTP/1.1 or later" },
  HANDSHAKE_TARGET: { text: "request target must be a path or an absolute URI without fragment" },
  HANDSHAKE_HOST: {
    text: "request must have exactly one valid Host header, in HTTP/2 a valid :authority",
  },
  HANDSHAKE_BODY: { text: "request for a WebSocket must have no body" },
  HANDSHAKE_UPGRADE: { text: "Upgrade header must name websocket" },
  HANDSHAKE_CONNECTION: { text: "Connection header must name Upgrade" },
  HANDSHAKE_VERSION: { text: "Sec-WebSocket-Version must be 13" },
  HANDSHAKE_KEY: { text: "request must have exactly one Sec-WebSocket-Key of 16 bytes in base64" },
  HANDSHAKE_ORIGIN: { text: "origin is not allowed" },
  HANDSHAKE_SUBPROTOCOL: {
    text: "Sec-WebSocket-Protocol is malformed or names what was not offered",
  },
  HANDSHAKE_EXTENSIONS: {
    text: "Sec-WebSocket-Extensions is malformed or names what was not offered",
  },
  HANDSHAKE_ACCEPT: {
    text: "response must have exactly one Sec-WebSocket-Accept, made from the key",
  },
} as const satisfies Record<string, ErrorRow>;

const protocolViolations = {
  ...handshakeViolations,
  PROTOCOL_RESERVED_BITS: {
    closeCode: 1002,
    text: "reserved bit set that no extension gives a meaning",
  },
  PROTOCOL_RESERVED_OPCODE: { closeCode: 1002, text: "reserved opcode" },
  PROTOCOL_UNMASKED_FRAME: { closeCode: 1002, text: "frame from a client must be masked" },
  PROTOCOL_MASKED_FRAME: { closeCode: 1002, text: "frame from a server must not be masked" },
  PROTOCOL_LENGTH_NOT_MINIMAL: {
    closeCode: 1002,
    text: "payload length not in its shortest form",
  },
  PROTOCOL_LENGTH_TOP_BIT: {
    closeCode: 1002,
    text: "top bit of a 64-bit payload length must be 0",
  },
  PROTOCOL_CONTROL_FRAGMENTED: { closeCode: 1002, text: "control frame must not be fragmented" },
  PROTOCOL_CONTROL_TOO_LONG: { closeCode: 1002, text: "control frame longer than 125 bytes" },
  PROTOCOL_UNEXPECTED_CONTINUATION: {
    closeCode: 1002,
    text: "continuation frame without a message to continue",
  },
  PROTOCOL_EXPECTED_CONTINUATION: {
    closeCode: 1002,
    text: "new message before the last one was finished",
  },
  PROTOCOL_CLOSE_PAYLOAD: { closeCode: 1002, text: "close payload of one byte" },
  PROTOCOL_CLOSE_CODE: { closeCode: 1002, text: "close code that must not be sent" },
  PROTOCOL_INVALID_DEFLATE: { closeCode: 1007, text: "compressed data that cannot be inflated" },
  PROTOCOL_INVALID_UTF8: { closeCode: 1007, text: "text that is not valid UTF-8" },
} as const satisfies Record<string, ErrorRow>;

const limits = {
  LIMIT_FRAME_BYTES: { closeCode: 1009, text: "frame larger than maxFrameBytes" },
  LIMIT_MESSAGE_BYTES: { closeCode: 1009, text: "message larger than maxMessageBytes" },
  LIMIT_FRAME_LENGTH: { closeCode: 1009, text: "payload length of 2^53 bytes or more" },
  LIMIT_FRAGMENTS: { closeCode: 1008, text: "message in more than maxFragments frames" },
  LIMIT_HEAD_BYTES: { text: "head larger than maxHeadBytes" },
  LIMIT_HEADER_COUNT: { text: "head with more than maxHeaderCount headers" },
  LIMIT_CONNECTIONS: { text: "maxConnections are open" },
  LIMIT_QUEUED_BYTES: {
    closeCode: 1013,
    text: "more than maxQueuedBytes wait for a peer that does not read",
  },
} as const satisfies Record<string, ErrorRow>;

const connectionFailures = {
  CONNECTION_HANDSHAKE_REFUSED: { text: "server did not switch to WebSocket" },
  CONNECTION_HANDSHAKE_CUT: { text: "connection ended before the handshake was complete" },
  CONNECTION_HANDSHAKE_TIMEOUT: { text: "server's handshake hook did not answer in time" },
  CONNECTION_CLOSED: { text: "connection has been closed" },
  CONNECTION_CONNECT_TIMEOUT: { text: "server did not answer in time" },
  CONNECTION_HTTP2: { text: "server takes no WebSockets over HTTP/2" },
  CONNECTION_LOST: { text: "connection ended without a closing handshake" },
  CONNECTION_CLOSE_TIMEOUT: { text: "peer did not finish the closing handshake in time" },
  CONNECTION_PONG_TIMEOUT: { text: "peer did not answer a ping in time" },
  CONNECTION_PROXY: { text: "proxy did not open a connection to the server" },
  CONNECTION_SHUTDOWN: { text: "server is shutting down" },
  CONNECTION_TERMINATED: { text: "connection was given up by this side" },
  CONNECTION_UNREACHABLE: { text: "server cannot be reached" },
} as const satisfies Record<string, ErrorRow>;

/** Every code, with the close code sent to the peer and the sentence for people. */
export const errorTable = Object.freeze({
  ...usageErrors,
  ...protocolViolations,
  ...limits,
  ...connectionFailures,
});

export type UsageErrorCode = keyof typeof usageErrors;
export type ProtocolViolationCode = keyof typeof protocolViolations;
export type LimitExceededCode = keyof typeof limits;
export type ConnectionFailedCode = keyof typeof connectionFailures;
export type ErrorCode = keyof typeof errorTable;

/** What all errors of Tautline have: a stable `code` to match on, and the close code that the peer is told. */
export class TautlineError<Code extends ErrorCode = ErrorCode> extends Error {
  /** Stable across versions; the key in {@link errorTable}. */
  readonly code: Code;
  /** The close code sent to the peer (RFC 6455 §7.4.1), where there is one. */
  readonly closeCode: number | undefined;
  /** The value that was wrong, or the limit that was hit, as the message ends with it. */
  readonly detail: string | undefined;

  /**
   * @param detail appended to the table's sentence: the value that was wrong, the limit that was hit.
   */
  constructor(code: Code, detail?: string, options?: ErrorOptions) {
    const row: ErrorRow = errorTable[code];
    super(detail === undefined ? row.text : `${row.text}: ${detail}`, options);
    this.code = code;
    this.closeCode = row.closeCode;
    this.detail = detail;
  }

  override get name(): string {
    return "TautlineError";
  }
}

/** The caller did what the API does not allow. The only kind that is thrown. */
export class UsageError extends TautlineError<UsageErrorCode> {
  override get name(): string {
    return "UsageError";
  }
}

/** The peer broke the protocol. */
export class ProtocolViolation extends TautlineError<ProtocolViolationCode> {
  override get name(): string {
    return "ProtocolViolation";
  }
}

/** A limit of this side was hit, by the peer's data or by what waits to be sent. */
export class LimitExceeded extends TautlineError<LimitExceededCode> {
  override get name(): string {
    return "LimitExceeded";
  }
}

/** The world between the two: the network went away, or a deadline passed. */
export class ConnectionFailed extends TautlineError<ConnectionFailedCode> {
  override get name(): string {
    return "ConnectionFailed";
  }
}
