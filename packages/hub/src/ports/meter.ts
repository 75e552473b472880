/** Counts, as the hub wants them kept: what a meter makes of them, metrics or nothing, is its own business. */

import type { TokenFault } from "./token-verifier.ts";

/** The limits of the hub's options that a client can reach, by what they count. */
export type LimitName =
  | "address-connections"
  | "user-connections"
  | "frame"
  | "channels"
  | "channel-name"
  | "rate"
  | "refusals"
  | "pending-commands"
  | "buffered-bytes";

export interface Meter {
  /** A client has reached a limit and was told so. */
  limitReached(limit: LimitName): void;
  /** A token was refused. */
  tokenRefused(kind: "connection" | "subscription", fault: TokenFault): void;
}

/** The meter of a hub that was given none. */
export const noMeter: Meter = Object.freeze({
  limitReached: () => undefined,
  tokenRefused: () => undefined,
});
