/**
 * The errors a reply may carry. The numbers and texts are the protocol's: clients in many languages act on them, so they
 * are facts to keep. Codes below 100 belong to clients themselves, 100–399 to the protocol, 400–1999 to applications.
 */

/** An error inside a reply. */
export interface ReplyError {
  readonly code: number;
  readonly message: string;
  /** True when the same command may succeed later: clients retry subscriptions and connects on it. */
  readonly temporary?: boolean;
}

/** Every error of the protocol, by name. */
export const replyErrors = /* @__PURE__ */ Object.freeze({
  /** Something failed in the server; the client is not to blame. */
  internal: { code: 100, message: "internal server error", temporary: true },
  unauthorized: { code: 101, message: "unauthorized" },
  unknownChannel: { code: 102, message: "unknown channel" },
  permissionDenied: { code: 103, message: "permission denied" },
  methodNotFound: { code: 104, message: "method not found" },
  alreadySubscribed: { code: 105, message: "already subscribed" },
  /** A limit of the server is reached, the number of a client's channels for example. */
  limitExceeded: { code: 106, message: "limit exceeded" },
  /** The command makes no sense; repeating it does not help. */
  badRequest: { code: 107, message: "bad request" },
  /** What the command asks for is not switched on. */
  notAvailable: { code: 108, message: "not available" },
  tokenExpired: { code: 109, message: "token expired" },
  /** The connection's time is over, without a token being involved. */
  expired: { code: 110, message: "expired" },
  tooManyRequests: { code: 111, message: "too many requests", temporary: true },
  /** The history holds no longer, or never held, what was asked for. */
  unrecoverablePosition: { code: 112, message: "unrecoverable position" },
  concurrentPagination: { code: 113, message: "concurrent pagination", temporary: true },
} as const satisfies Record<string, ReplyError>);
