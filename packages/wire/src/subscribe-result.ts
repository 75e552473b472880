/**
 * The answer to a subscription, asked for by the client or made by the server at connect. Absent fields have their zero
 * value.
 */

import type { Payload } from "./payload.ts";
import type { Publication } from "./publication.ts";
import { publicationSchema } from "./publication.ts";
import { defineMessage } from "./schema.ts";

/** How a subscription stands, and what was missed before it. */
export interface SubscribeResult {
  readonly expires?: boolean;
  /** Seconds until the subscription expires. */
  readonly ttl?: number;
  readonly recoverable?: boolean;
  /** The channel's log: when it changes, offsets of the old one mean nothing. */
  readonly epoch?: string;
  /** What was missed, oldest first. */
  readonly publications?: readonly Publication[];
  /** Whether nothing is missing between the asked position and now. */
  readonly recovered?: boolean;
  readonly offset?: number;
  readonly positioned?: boolean;
  readonly data?: Payload;
  readonly was_recovering?: boolean;
  readonly delta?: boolean;
}

/** The table of `SubscribeResult`. */
export const subscribeResultSchema = defineMessage<SubscribeResult>({
  expires: { number: 1, kind: "bool" },
  ttl: { number: 2, kind: "uint32" },
  recoverable: { number: 3, kind: "bool" },
  epoch: { number: 6, kind: "string" },
  publications: {
    number: 7,
    kind: "list",
    element: { kind: "message", schema: publicationSchema },
  },
  recovered: { number: 8, kind: "bool" },
  offset: { number: 9, kind: "uint64" },
  positioned: { number: 10, kind: "bool" },
  data: { number: 11, kind: "payload" },
  was_recovering: { number: 12, kind: "bool" },
  delta: { number: 13, kind: "bool" },
});
