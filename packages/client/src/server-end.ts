/**
 * The port between a client and its interest in what the server subscribes it to. Most pages have none, so what does the work
 * has a door of its own.
 */

import type { Push, SubscribeRequest, SubscribeResult } from "@tautline/wire";
import type { Reason } from "./reasons.ts";

/** What the option `serverSubscriptions` takes: a `ServerSubscriptions`. Opaque to applications. */
export interface ServerEnd {
  /** Where the client is in each channel, for the connect command. */
  readonly places: ReadonlyMap<string, SubscribeRequest>;
  /** The client is connected, and subscribed to these. */
  connected(subs: ReadonlyMap<string, SubscribeResult> | undefined): void;
  /** A push for a channel to which the client has not subscribed itself. */
  push(push: Push): void;
  /** The connection is gone. */
  lost(reason: Reason): void;
}
