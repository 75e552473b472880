/**
 * The ways in which versions of HTTP ask for a WebSocket and are told yes or no: by an upgrade in HTTP/1.1 (RFC 6455 §4.2), by an
 * extended CONNECT in HTTP/2 (RFC 8441 §5).
 *
 * What is negotiated, and by which options, is the same in both and decided elsewhere.
 */
import type { LimitExceeded, ProtocolViolation, ProtocolViolationCode } from "../errors.ts";
import type { Platform } from "../platform.ts";
import type { HeaderPair } from "./caller-headers.ts";
import type { HandshakeResponse } from "./handshake-response.ts";
import type { HandshakeRequest } from "./head-lines.ts";

/** Something that a request must be, and the code of a request that is not. */
export interface Requirement {
  readonly code: ProtocolViolationCode;
  readonly holds: (request: HandshakeRequest) => boolean;
}

export interface HandshakeForm {
  /** In the order they are checked: the first one that does not hold is the reason of the refusal. */
  readonly requirements: readonly Requirement[];
  /** The host, with a port where there is one, that the request names. */
  hostOf(request: HandshakeRequest): string;
  /** The response that opens the connection; `negotiated` are the headers that say what was agreed on. */
  accept(
    request: HandshakeRequest,
    negotiated: readonly HeaderPair[],
    platform: Platform,
  ): HandshakeResponse;
  refuse(error: ProtocolViolation | LimitExceeded): HandshakeResponse;
}
