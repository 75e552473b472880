/**
 * The lines of an HTTP/1.1 head and what they mean: request line, status line, header lines (RFC 9112 §3, §4, §5).
 *
 * Strict where leniency is known to make two readers disagree: single spaces in the request line, names that are tokens,
 * no white space before the colon. This file does not know WebSocket: any well-formed head is fine here.
 */
import { ProtocolViolation } from "../errors.ts";
import { isVisibleAscii, tokenEnd, trimWhitespace } from "./grammar.ts";
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
const HTTP_VERSION = /^HTTP\/\d\.\d$/;
const HTTP_VERSION_INDEX = "HTTP/".length;
const STATUS_LINE = /^HTTP\/(\d\.\d) ([1-9]\d\d)(?: |$)/;
const REASON_INDEX = "HTTP/1.1 101 ".length;

const LINE_END = "\r\n";
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;

/** For `new HeadReader(parseRequestHead)`. */
export function parseRequestHead(text: string): HandshakeRequest | ProtocolViolation {
  const startLine = startLineOf(text);
  const methodEnd = tokenEnd(startLine, 0);
  const targetEnd = startLine.indexOf(" ", methodEnd + 1);
  const method = startLine.slice(0, methodEnd);
  const target = startLine.slice(methodEnd + 1, targetEnd);
  const version = startLine.slice(targetEnd + 1);
  const hasMethod = methodEnd > 0 && startLine.charCodeAt(methodEnd) === SPACE;
  if (!hasMethod || !isVisibleAscii(target) || !HTTP_VERSION.test(version)) {
    return new ProtocolViolation("HANDSHAKE_HEAD", "request line");
  }
  const httpVersion = version.slice(HTTP_VERSION_INDEX);
  const headers = parseHeaderLines(text, startLine.length + LINE_END.length);
  return headers instanceof ProtocolViolation ? headers : { method, target, httpVersion, headers };
}

/** For `new HeadReader(parseResponseHead)`. The space in front of an empty reason may be missing, as it often is. */
export function parseResponseHead(text: string): ResponseHead | ProtocolViolation {
  const startLine = startLineOf(text);
  const match = STATUS_LINE.exec(startLine);
  if (match === null) {
    return new ProtocolViolation("HANDSHAKE_HEAD", "status line");
  }
  const [, httpVersion = "", status] = match;
  const reason = startLine.slice(REASON_INDEX);
  const headers = parseHeaderLines(text, startLine.length + LINE_END.length);
  return headers instanceof ProtocolViolation
    ? headers
    : { status: Number(status), reason, httpVersion, headers };
}

function startLineOf(text: string): string {
  return text.slice(0, text.indexOf(LINE_END));
}

function parseHeaderLines(text: string, start: number): HeaderList | ProtocolViolation {
  const rawHeaders: string[] = [];
  let at = start;
  while (text.charCodeAt(at) !== CARRIAGE_RETURN) {
    const colon = tokenEnd(text, at);
    if (colon === at || text.charCodeAt(colon) !== COLON) {
      return new ProtocolViolation("HANDSHAKE_HEAD", "header name");
    }
    const end = text.indexOf(LINE_END, colon);
    rawHeaders.push(text.slice(at, colon), trimWhitespace(text, colon + 1, end));
    at = end + LINE_END.length;
  }
  return new HeaderList(rawHeaders);
}
