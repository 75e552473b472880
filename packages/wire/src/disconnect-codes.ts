/**
 * The codes with which a server ends a connection and the rule by which clients come back or stay away. The code is also
 * the close code of a WebSocket, its reason the close reason (at most 123 bytes, RFC 6455 §5.5).
 */

/** Why a connection is ended. Whether the client comes back follows from the code alone: see `reconnectsAfter`. */
export interface Disconnect {
  readonly code: number;
  readonly reason: string;
}

/** Every disconnect of the protocol, by name. Applications choose theirs from 4000–4999. */
export const disconnects = /* @__PURE__ */ Object.freeze({
  /** The transport ended without advice; never sent. */
  connectionClosed: { code: 3000, reason: "connection closed" },
  shutdown: { code: 3001, reason: "shutdown" },
  serverError: { code: 3004, reason: "internal server error" },
  expired: { code: 3005, reason: "connection expired" },
  subscriptionExpired: { code: 3006, reason: "subscription expired" },
  /** The client does not read as fast as it is written to. */
  slow: { code: 3008, reason: "slow" },
  writeError: { code: 3009, reason: "write error" },
  insufficientState: { code: 3010, reason: "insufficient state" },
  forceReconnect: { code: 3011, reason: "force reconnect" },
  /** No pong came in time after a ping of the server. */
  noPong: { code: 3012, reason: "no pong" },
  tooManyRequests: { code: 3013, reason: "too many requests" },
  stateInvalidated: { code: 3014, reason: "state invalidated" },
  invalidToken: { code: 3500, reason: "invalid token" },
  /** A malformed frame, or a command that breaks the protocol. */
  badRequest: { code: 3501, reason: "bad request" },
  /** No connect command came in time. */
  stale: { code: 3502, reason: "stale" },
  forceNoReconnect: { code: 3503, reason: "force disconnect" },
  connectionLimit: { code: 3504, reason: "connection limit" },
  channelLimit: { code: 3505, reason: "channel limit" },
  /** The data does not fit the connection's format: bytes for a JSON client. */
  inappropriateProtocol: { code: 3506, reason: "inappropriate protocol" },
  permissionDenied: { code: 3507, reason: "permission denied" },
  /** What a message without a reply asks for is not switched on. */
  notAvailable: { code: 3508, reason: "not available" },
  tooManyErrors: { code: 3509, reason: "too many errors" },
} as const satisfies Record<string, Disconnect>);

/**
 * Whether a client comes back by itself after `code`: not after 3500–3999 and 4500–4999, nor after 1009 (a message of
 * the client was too big and would be again); after anything else it does.
 */
export function reconnectsAfter(code: number): boolean {
  const terminal = (code >= 3500 && code < 4000) || (code >= 4500 && code < 5000);
  return !terminal && code !== 1009;
}
