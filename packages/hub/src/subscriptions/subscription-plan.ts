/** A subscription that is wanted, by a client or by the server, and what it is granted with. */

import type { Payload } from "@tautline/wire";
import type { Operation } from "../access/capabilities.ts";
import type { Renewal } from "../access/term.ts";
import type { Position } from "../ports/broker.ts";

/** What a subscription was granted with. */
export interface SubscriptionTerms {
  /** What members of the channel see of the client, besides what they see everywhere. */
  readonly info: Payload | undefined;
  /** For the client. */
  readonly data: Payload | undefined;
  /** When it is over unless it is renewed, in milliseconds since 1970; absent when never. */
  readonly expiresAtMs?: number | undefined;
  /** Who renews it; the server by default. */
  readonly renewal?: Renewal;
  /** What the client may do in the channel besides being subscribed. */
  readonly allow?: readonly Operation[] | undefined;
  /** Whether a capability of the connection is all that it stands on. */
  readonly byCapability?: boolean;
}

export interface SubscriptionPlan {
  readonly channel: string;
  readonly wantsJoinLeave: boolean;
  /** Whether the server makes it, and not the client. */
  readonly serverSide: boolean;
  /** Whether the client asks for Fossil deltas; it gets them if the channel allows it. */
  readonly wantsDeltas: boolean;
  /** The place of the last publication that the client has, when it asks for what came after it. */
  readonly since: Position | undefined;
  /** Whether the client would rather be refused than begin without what it missed. */
  readonly rejectUnrecovered: boolean;
  /** Decides; may refuse by throwing. */
  readonly decide: () => Promise<SubscriptionTerms>;
}
