/**
 * Why the client moved from one state to another, as `code` and `reason` in state events. Codes below 1000 are this
 * client's own and stand here. From 1000 to 2999 they are close codes of the WebSocket (RFC 6455 §7.4), from 3000 on
 * the server's disconnect codes, both listed elsewhere. A connect or subscribe command that the server refused gives
 * the code of its error reply, from 100 on.
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
  subscribeCalled: { code: 11, reason: "subscribe called" },
  subscribed: { code: 12, reason: "subscribed" },
  unsubscribeCalled: { code: 13, reason: "unsubscribe called" },
  clientDisconnected: { code: 14, reason: "client disconnected" },
} as const satisfies Record<string, Reason>);

/** How a connection, or an attempt at one, came to its end. */
export interface SessionEnd extends Reason {
  /** Whether the client may come back by itself. */
  readonly reconnect: boolean;
}
