/**
 * Why the client moved from one state to another, as `code` and `reason` in state events. Codes below 100 are this
 * client's own and stand here. The others come from elsewhere: a refused connect or subscribe gives the code of the
 * error reply, a lost connection the WebSocket's close code (RFC 6455 §7.4) or the server's disconnect code, a
 * subscription that the server ended its unsubscribe code.
 */

/** Why a state was left or entered. */
export interface Reason {
  readonly code: number;
  /** For people and logs, not for decisions. */
  readonly reason: string;
}

/** The client's own reasons. 0–4 are those of other clients of the protocol. */
export const reasons = Object.freeze({
  connectCalled: { code: 0, reason: "connect called" },
  transportClosed: { code: 1, reason: "transport closed" },
  noPing: { code: 2, reason: "no ping" },
  subscribeTimeout: { code: 3, reason: "subscribe timeout" },
  unsubscribeFailed: { code: 4, reason: "unsubscribe failed" },
  connectTimeout: { code: 5, reason: "connect timeout" },
  offline: { code: 6, reason: "network offline" },
  tokenFailed: { code: 7, reason: "token not available" },
  badFrame: { code: 8, reason: "malformed frame from the server" },
  connected: { code: 9, reason: "connected" },
  disconnectCalled: { code: 10, reason: "disconnect called" },
  subscribed: { code: 11, reason: "subscribed" },
  unsubscribeCalled: { code: 12, reason: "unsubscribe called" },
  clientDisconnected: { code: 13, reason: "client disconnected" },
  unauthorized: { code: 14, reason: "unauthorized" },
} as const satisfies Record<string, Reason>);

/** How a connection, or an attempt at one, came to its end. */
export interface SessionEnd extends Reason {
  /** Whether the client may come back by itself. */
  readonly reconnect: boolean;
}
