/**
 * What a request must be to become a WebSocket (RFC 6455 §4.2.1), as a list of requirements in the order they are checked.
 *
 * The first one that does not hold is the reason of the refusal, so those that a plain HTTP client breaks come first and
 * get the answers it understands. Origin, subprotocols and extensions are no requirements but negotiated elsewhere.
 */
import { LimitExceeded, ProtocolViolation, type ProtocolViolationCode } from "../errors.ts";
import { isHandshakeKey } from "./accept-key.ts";
import { parseAuthority } from "./authority.ts";
import { isVisibleAscii } from "./grammar.ts";
import type { HandshakeRequest } from "./head-lines.ts";

interface Requirement {
  readonly code: ProtocolViolationCode;
  readonly holds: (request: HandshakeRequest) => boolean;
}

/** The version of the protocol that RFC 6455 describes; no other is spoken here (§4.1 item 9). */
const PROTOCOL_VERSION = "13";

const TARGET_START = /^(?:\/|https?:\/\/|wss?:\/\/)/i;

/** HTTP/1.0 cannot upgrade; later versions than 1.1 can be told apart by their number alone (§4.2.1 item 1). */
function isAtLeastHttp11(httpVersion: string): boolean {
  return Number(httpVersion) >= 1.1;
}

/** A path or an absolute URI (§4.2.1 item 1). A fragment is never sent (§3). */
function isTarget(target: string): boolean {
  return TARGET_START.test(target) && isVisibleAscii(target) && !target.includes("#");
}

function isHost(values: readonly string[]): boolean {
  const [host, ...more] = values;
  return host !== undefined && more.length === 0 && parseAuthority(host) !== undefined;
}

/**
 * Whether nothing follows the head but frames. A body would have to be taken before them (RFC 9110 §7.8); two readers that
 * disagree on where it ends would disagree on what is a frame.
 */
function isWithoutBody({ headers }: HandshakeRequest): boolean {
  const lengths = headers.values("content-length");
  return !headers.has("transfer-encoding") && lengths.every((length) => length === "0");
}

function isExactly(values: readonly string[], expected: string): boolean {
  return values.length === 1 && values.includes(expected);
}

const requirements: readonly Requirement[] = [
  { code: "HANDSHAKE_METHOD", holds: ({ method }) => method === "GET" },
  { code: "HANDSHAKE_HTTP_VERSION", holds: ({ httpVersion }) => isAtLeastHttp11(httpVersion) },
  { code: "HANDSHAKE_TARGET", holds: ({ target }) => isTarget(target) },
  { code: "HANDSHAKE_HOST", holds: ({ headers }) => isHost(headers.values("host")) },
  { code: "HANDSHAKE_BODY", holds: isWithoutBody },
  {
    code: "HANDSHAKE_UPGRADE",
    holds: ({ headers }) => headers.tokens("upgrade").includes("websocket"),
  },
  {
    code: "HANDSHAKE_CONNECTION",
    holds: ({ headers }) => headers.tokens("connection").includes("upgrade"),
  },
  {
    code: "HANDSHAKE_VERSION",
    holds: ({ headers }) => isExactly(headers.values("sec-websocket-version"), PROTOCOL_VERSION),
  },
  {
    code: "HANDSHAKE_KEY",
    holds: ({ headers }) => {
      const keys = headers.values("sec-websocket-key");
      return keys.length === 1 && keys.every(isHandshakeKey);
    },
  },
];

/** The first thing wrong with `request`, or `undefined` when it asks for a WebSocket as it should. */
export function requestFault(
  request: HandshakeRequest,
  maxHeaderCount: number,
): ProtocolViolation | LimitExceeded | undefined {
  if (request.headers.size > maxHeaderCount) {
    return new LimitExceeded("LIMIT_HEADER_COUNT", String(maxHeaderCount));
  }
  const broken = requirements.find(({ holds }) => !holds(request));
  return broken === undefined ? undefined : new ProtocolViolation(broken.code);
}
