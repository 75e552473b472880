/**
 * What a request must be to become a WebSocket (RFC 6455 §4.2.1), as a list of requirements in the order they are checked.
 *
 * The first one that does not hold is the reason of the refusal, so those that a plain HTTP client breaks come first and
 * get the answers it understands. Origin, subprotocols and extensions are no requirements but negotiated elsewhere.
 */
import { LimitExceeded, ProtocolViolation } from "../errors.ts";
import { acceptKey, isHandshakeKey } from "./accept-key.ts";
import { parseAuthority } from "./authority.ts";
import { isVisibleAscii } from "./grammar.ts";
import type { HandshakeForm, Requirement } from "./handshake-form.ts";
import { refusalFor, switchingResponse } from "./handshake-response.ts";
import type { HandshakeRequest } from "./head-lines.ts";

/** The version of the protocol that RFC 6455 describes; no other is spoken here (§4.1 item 9). */
const PROTOCOL_VERSION = "13";

const TARGET_START = /^(?:\/|https?:\/\/|wss?:\/\/)/i;

/** HTTP/1.0 cannot upgrade; later versions than 1.1 can be told apart by their number alone (§4.2.1 item 1). */
function isAtLeastHttp11(httpVersion: string): boolean {
  return Number(httpVersion) >= 1.1;
}

/** A path or an absolute URI (§4.2.1 item 1). A fragment is never sent (§3). */
export function isTarget(target: string): boolean {
  return TARGET_START.test(target) && isVisibleAscii(target) && !target.includes("#");
}

function isHost(values: readonly string[]): boolean {
  return values.length === 1 && parseAuthority(values[0]!) !== undefined;
}

/**
 * Whether nothing follows the head but frames. A body would have to be taken before them (RFC 9110 §7.8); two readers that
 * disagree on where it ends would disagree on what is a frame.
 */
export function isWithoutBody({ headers }: HandshakeRequest): boolean {
  const lengths = headers.values("content-length");
  return !headers.has("transfer-encoding") && lengths.every((length) => length === "0");
}

function isExactly(values: readonly string[], expected: string): boolean {
  return values.length === 1 && values[0] === expected;
}

export const versionRequirement: Requirement = {
  code: "HANDSHAKE_VERSION",
  holds: ({ headers }) => isExactly(headers.values("sec-websocket-version"), PROTOCOL_VERSION),
};

const requirements: readonly Requirement[] = [
  { code: "HANDSHAKE_METHOD", holds: ({ method }) => method === "GET" },
  { code: "HANDSHAKE_HTTP_VERSION", holds: ({ httpVersion }) => isAtLeastHttp11(httpVersion) },
  { code: "HANDSHAKE_TARGET", holds: ({ target }) => isTarget(target) },
  { code: "HANDSHAKE_HOST", holds: ({ headers }) => isHost(headers.values("host")) },
  { code: "HANDSHAKE_BODY", holds: isWithoutBody },
  {
    code: "HANDSHAKE_UPGRADE",
    holds: ({ headers }) => headers.hasToken("upgrade", "websocket"),
  },
  {
    code: "HANDSHAKE_CONNECTION",
    holds: ({ headers }) => headers.hasToken("connection", "upgrade"),
  },
  versionRequirement,
  {
    code: "HANDSHAKE_KEY",
    holds: ({ headers }) => {
      const keys = headers.values("sec-websocket-key");
      return keys.length === 1 && isHandshakeKey(keys[0]!);
    },
  },
];

/** An upgrade in HTTP/1.1 (RFC 6455 §4.2). */
export const upgrade: HandshakeForm = {
  requirements,
  // There is exactly one of either by the requirements.
  hostOf: ({ headers }) => headers.values("host")[0]!,
  // §4.2.2 step 5: what is not agreed on is not mentioned.
  accept: ({ headers }, negotiated, platform) =>
    switchingResponse([
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Accept", acceptKey(headers.values("sec-websocket-key")[0]!, platform)],
      ...negotiated,
    ]),
  refuse: refusalFor,
};

/** The first thing wrong with `request` by `form`, or `undefined` when it asks for a WebSocket as it should. */
export function requestFault(
  request: HandshakeRequest,
  form: HandshakeForm,
  maxHeaderCount: number,
): ProtocolViolation | LimitExceeded | undefined {
  if (request.headers.size > maxHeaderCount) {
    return new LimitExceeded("LIMIT_HEADER_COUNT", String(maxHeaderCount));
  }
  const broken = form.requirements.find(({ holds }) => !holds(request));
  return broken === undefined ? undefined : new ProtocolViolation(broken.code);
}
