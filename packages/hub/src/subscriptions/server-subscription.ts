/** A subscription that the server makes for a client, as code on the server asks for it. */

import type { Position } from "../ports/broker.ts";

export interface ServerSubscription {
  readonly channel: string;
  /** What members of this channel see of the client besides its `info`, as JSON. */
  readonly info?: unknown;
  /** A word to the client, as JSON. */
  readonly data?: unknown;
  /** Whether the client is told who comes and goes. Default: false. */
  readonly joinLeave?: boolean | undefined;
  /** When it is over unless the refresh hook prolongs it, in milliseconds since 1970. Default: never. */
  readonly expiresAtMs?: number | undefined;
  /** The place of the last publication that the client has: what came after it follows, as far as the log goes back. */
  readonly since?: Position | undefined;
}
