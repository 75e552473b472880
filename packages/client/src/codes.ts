/**
 * The codes of the protocol that this client acts on. Their types are those of the tables in `wire`, so that a wrong number
 * does not compile; the tables themselves, with every code and its text, stay out of the bundle.
 */

import type { disconnects, replyErrors, unsubscribes } from "@tautline/wire";

export const tokenExpired: typeof replyErrors.tokenExpired.code = 109;

/** Below it are the codes of clients themselves. */
export const leastErrorCode: typeof replyErrors.internal.code = 100;

export const connectionClosed: typeof disconnects.connectionClosed.code = 3000;
export const connectionExpired: typeof disconnects.expired.code = 3005;
export const stateInvalidated: typeof disconnects.stateInvalidated.code = 3014;
export const invalidToken: typeof disconnects.invalidToken.code = 3500;

export const insufficientState: typeof unsubscribes.insufficientState = {
  code: 2500,
  reason: "insufficient state",
};
export const subscriptionStateInvalidated: typeof unsubscribes.stateInvalidated.code = 2502;
