/**
 * Counts, as the hub wants them kept: what a meter makes of them, metrics or nothing, is its own business. What stands at
 * some number at any time, such as connected clients, is no count: a meter asks the hub for it when it is asked itself.
 */

import type { RequestMethod } from "@tautline/wire";
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

/** Called when a command was carried out, with the code of its error or disconnect; 0 for none. */
export type CommandEnd = (code: number) => void;

/** None of its methods may throw, and all are called often. */
export interface Meter {
  /** A client has reached a limit and was told so. */
  limitReached(limit: LimitName): void;
  /** A token was refused. */
  tokenRefused(kind: "connection" | "subscription", fault: TokenFault): void;
  /** A connection was handed over to the hub. */
  connectionOpened(transport: string): void;
  /**
   * A connection is over, whether or not it had become a client's. The code is the client's word where it is not the
   * server that has ended it, so it can be any.
   */
  connectionClosed(
    transport: string,
    end: { readonly code: number; readonly byServer: boolean },
  ): void;
  /** A command of a client is about to be carried out. */
  commandStarted(method: RequestMethod): CommandEnd;
  /** The broker has accepted a publication. */
  published(publisher: "client" | "server"): void;
  /** A publication has come from the broker and goes to so many subscribers on this hub. */
  delivered(subscribers: number): void;
  /** A client wanted what it had missed in a channel, and got it, or did not. */
  recovered(complete: boolean): void;
}

const ignore = (): void => undefined;

/** The meter of a hub that was given none; one that keeps some counts may be made of it. */
export const noMeter: Meter = Object.freeze({
  limitReached: ignore,
  tokenRefused: ignore,
  connectionOpened: ignore,
  connectionClosed: ignore,
  commandStarted: () => ignore,
  published: ignore,
  delivered: ignore,
  recovered: ignore,
});
