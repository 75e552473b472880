/**
 * What a server answers to a handshake: the switch to WebSocket, or a refusal in plain HTTP (RFC 6455 §4.2.2).
 *
 * A refusal is a whole response that any HTTP client can read, with a sentence for people, and it ends the connection: what a
 * refused peer may have sent behind its request is never read as another one. Which request is refused is decided elsewhere.
 */
import {
  type ErrorCode,
  type LimitExceeded,
  type ProtocolViolation,
  UsageError,
} from "../errors.ts";
import { type HeaderPair, checkCallerHeaders, encodeHead } from "./caller-headers.ts";
import { type OctetEncoder, encodeUtf8 } from "./octets.ts";

/** A response to write. For a refusal `Content-Length` is already among the headers. */
export interface HandshakeResponse {
  readonly status: number;
  /** The phrase behind the status. */
  readonly reason: string;
  readonly headers: readonly HeaderPair[];
  /** Sent in UTF-8; `""` for the response that switches protocols. */
  readonly body: string;
}

/** A refusal by the application: the path is unknown, the user is not logged in, the server is full. */
export interface Refusal {
  /** 300 to 599, but not 304, which has no body. */
  readonly status: number;
  /** A sentence for people, sent as the body. Default: the status' own phrase. */
  readonly text?: string | undefined;
  /** More headers; a `Content-Type` among them replaces `text/plain; charset=utf-8`. */
  readonly headers?: readonly HeaderPair[] | undefined;
}

const reasons: ReadonlyMap<number, string> = new Map([
  [101, "Switching Protocols"],
  [301, "Moved Permanently"],
  [302, "Found"],
  [303, "See Other"],
  [307, "Temporary Redirect"],
  [308, "Permanent Redirect"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [408, "Request Timeout"],
  [409, "Conflict"],
  [410, "Gone"],
  [413, "Content Too Large"],
  [426, "Upgrade Required"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [500, "Internal Server Error"],
  [501, "Not Implemented"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
  [505, "HTTP Version Not Supported"],
]);

function reasonOf(status: number): string {
  return reasons.get(status) ?? "Refused";
}

const VERSION_HEADERS: readonly HeaderPair[] = [
  // Whoever sends Upgrade names it in Connection too (RFC 9110 §7.8), and 426 has to send it (RFC 9110 §15.5.22).
  ["Connection", "close, Upgrade"],
  ["Upgrade", "websocket"],
  ["Sec-WebSocket-Version", "13"],
];

interface Answer {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
}

const CLOSE: readonly HeaderPair[] = [["Connection", "close"]];
const BAD_REQUEST: Answer = { status: 400, headers: CLOSE };
const UPGRADE_REQUIRED: Answer = { status: 426, headers: VERSION_HEADERS };

/** What is not listed is a bad request. */
const answers: ReadonlyMap<ErrorCode, Answer> = new Map([
  ["HANDSHAKE_METHOD", { status: 405, headers: [...CLOSE, ["Allow", "GET"]] }],
  ["HANDSHAKE_HTTP_VERSION", { status: 505, headers: CLOSE }],
  ["HANDSHAKE_UPGRADE", UPGRADE_REQUIRED],
  ["HANDSHAKE_VERSION", UPGRADE_REQUIRED],
  ["HANDSHAKE_ORIGIN", { status: 403, headers: CLOSE }],
  // RFC 9220 §3 says so for HTTP/3; RFC 8441 leaves it open.
  ["HANDSHAKE_PROTOCOL", { status: 501, headers: CLOSE }],
  ["LIMIT_HEAD_BYTES", { status: 431, headers: CLOSE }],
  ["LIMIT_HEADER_COUNT", { status: 431, headers: CLOSE }],
]);

/**
 * The response that refuses a request for a reason of the application.
 *
 * @throws {UsageError} `USAGE_OPTION` for a status outside its range, `USAGE_HANDSHAKE_HEADER` for headers that must not be
 *   sent: those that frame the response are the handshake's.
 */
export function refuseHandshake(refusal: Refusal): HandshakeResponse {
  const { status, headers = [] } = refusal;
  if (!Number.isInteger(status) || status < 300 || status > 599 || status === 304) {
    throw new UsageError("USAGE_OPTION", `status ${status}`);
  }
  checkCallerHeaders(headers);
  return plainResponse(refusal.text ?? reasonOf(status), {
    status,
    headers: [...CLOSE, ...headers],
  });
}

/** The response to a request in which `error` was found, by a head reader or by the handshake. */
export function refusalFor(error: ProtocolViolation | LimitExceeded): HandshakeResponse {
  return plainResponse(error.message, answers.get(error.code) ?? BAD_REQUEST);
}

/** HTTP/2 has no upgrade to ask for: the version that is spoken is named all the same (RFC 6455 §4.4). */
const connectAnswers: ReadonlyMap<ErrorCode, Answer> = new Map([
  ...answers,
  ["HANDSHAKE_METHOD", BAD_REQUEST],
  ["HANDSHAKE_VERSION", { status: 400, headers: [...CLOSE, ["Sec-WebSocket-Version", "13"]] }],
]);

/** As {@link refusalFor}, to an extended CONNECT in HTTP/2. */
export function connectRefusalFor(error: ProtocolViolation | LimitExceeded): HandshakeResponse {
  return plainResponse(error.message, connectAnswers.get(error.code) ?? BAD_REQUEST);
}

function plainResponse(text: string, { status, headers }: Answer): HandshakeResponse {
  const body = `${text}\n`;
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  const type: HeaderPair[] = hasType ? [] : [["Content-Type", "text/plain; charset=utf-8"]];
  const length: HeaderPair = ["Content-Length", String(encodeUtf8(body).length)];
  return {
    status,
    reason: reasonOf(status),
    headers: [...headers, ...type, length],
    body,
  };
}

/** The response that switches protocols (RFC 6455 §4.2.2 step 5). */
export function switchingResponse(headers: readonly HeaderPair[]): HandshakeResponse {
  return { status: 101, reason: reasonOf(101), headers, body: "" };
}

/**
 * The bytes of `response`, in fresh memory that belongs to the caller.
 *
 * @param encode text to Latin-1, where the surroundings do it faster than the language: then a head without a body is as it
 *   makes it.
 */
export function encodeResponse(response: HandshakeResponse, encode?: OctetEncoder): Uint8Array {
  const { status, reason, headers } = response;
  const head = encodeHead(`HTTP/1.1 ${status} ${reason}`, headers, encode);
  if (response.body === "") {
    return head;
  }
  const body = encodeUtf8(response.body);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
