/**
 * The lines of an HTTP/1.1 head and what they mean: request line, status line, header lines (RFC 9112 §3, §4, §5).
 *
 * Strict where leniency is known to make two readers disagree: single spaces in the request line, names that are tokens,
 * no white space before the colon. This file does not know WebSocket: any well-formed head is fine here.
 */
import { ProtocolViolation } from "../errors.ts";
import { isToken, isVisibleAscii, trimWhitespace } from "./grammar.ts";
import { HeaderList } from "./header-list.ts";

/** The head of a request, as a server reads it (RFC 6455 §4.2.1). */
export interface HandshakeRequest {
  readonly method: string;
  /** What stands between method and version, as it was sent. */
  readonly target: string;
  /** Without "HTTP/", for example "1.1". */
  readonly httpVersion: string;
  readonly headers: HeaderList;
  /** What makes it an extended CONNECT in HTTP/2; absent in HTTP/1.1. */
  readonly connect?: ExtendedConnect | undefined;
}

/** What an extended CONNECT says beside its path (RFC 8441 §4). What is missing is `""`. */
export interface ExtendedConnect {
  /** `:protocol`, for example `websocket`. */
  readonly protocol: string;
  /** `:scheme` */
  readonly scheme: string;
  /** `:authority`, which takes the place of the `Host` header. */
  readonly authority: string;
}

/** The head of a response, as a client reads it (RFC 6455 §4.1). */
export interface ResponseHead {
  readonly status: number;
  /** The phrase behind the status; often empty, and never to be relied on. */
  readonly reason: string;
  readonly httpVersion: string;
  readonly headers: HeaderList;
}

/** Both expressions read a few characters at a fixed place, whatever follows. */
const HTTP_VERSION = /^HTTP\/(\d\.\d)$/;
const STATUS_LINE = /^HTTP\/(\d\.\d) ([1-9]\d\d)(?: |$)/;
const REASON_INDEX = "HTTP/1.1 101 ".length;

/** For `new HeadReader(parseRequestHead)`. */
export function parseRequestHead(lines: readonly string[]): HandshakeRequest | ProtocolViolation {
  const [startLine = "", ...headerLines] = lines;
  const [method = "", target = "", version = "", ...more] = startLine.split(" ");
  const httpVersion = HTTP_VERSION.exec(version)?.[1];
  if (!isToken(method) || !isVisibleAscii(target) || httpVersion === undefined || more.length > 0) {
    return new ProtocolViolation("HANDSHAKE_HEAD", "request line");
  }
  const headers = parseHeaderLines(headerLines);
  return headers instanceof ProtocolViolation ? headers : { method, target, httpVersion, headers };
}

/** For `new HeadReader(parseResponseHead)`. The space in front of an empty reason may be missing, as it often is. */
export function parseResponseHead(lines: readonly string[]): ResponseHead | ProtocolViolation {
  const [startLine = "", ...headerLines] = lines;
  const match = STATUS_LINE.exec(startLine);
  if (match === null) {
    return new ProtocolViolation("HANDSHAKE_HEAD", "status line");
  }
  const [, httpVersion = "", status] = match;
  const reason = startLine.slice(REASON_INDEX);
  const headers = parseHeaderLines(headerLines);
  return headers instanceof ProtocolViolation
    ? headers
    : { status: Number(status), reason, httpVersion, headers };
}

function parseHeaderLines(lines: readonly string[]): HeaderList | ProtocolViolation {
  const rawHeaders: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    if (!isToken(name)) {
      return new ProtocolViolation("HANDSHAKE_HEAD", "header name");
    }
    rawHeaders.push(name, trimWhitespace(line, colon + 1));
  }
  return new HeaderList(rawHeaders);
}
