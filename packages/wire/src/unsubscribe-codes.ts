/**
 * The codes with which a subscription ends. Those below 2000 never travel: they tell code on the server why. Applications
 * choose theirs from 2100–2499 (terminal) and 2600–2999 (the client subscribes again).
 */

/** Why a subscription ended. Whether the client subscribes again follows from the code alone: see `resubscribesAfter`. */
export interface UnsubscribeReason {
  readonly code: number;
  readonly reason: string;
}

/** Every unsubscribe of the protocol, by name. */
export const unsubscribes = /* @__PURE__ */ Object.freeze({
  /** The client asked for it. */
  client: { code: 0, reason: "client unsubscribed" },
  /** The connection ended. */
  disconnect: { code: 1, reason: "client disconnected" },
  /** Code on the server asked for it. */
  server: { code: 2000, reason: "server unsubscribe" },
  insufficientState: { code: 2500, reason: "insufficient state" },
  expired: { code: 2501, reason: "subscription expired" },
  stateInvalidated: { code: 2502, reason: "state invalidated" },
} as const satisfies Record<string, UnsubscribeReason>);

/** Whether a client subscribes again by itself after an unsubscribe push with `code`: from 2500 on. */
export function resubscribesAfter(code: number): boolean {
  return code >= 2500;
}
