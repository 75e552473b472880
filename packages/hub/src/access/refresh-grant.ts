/** How a connection goes on, as a hook or code on the server says it. */

import type { Capability } from "./capabilities.ts";

/** What is absent stays as it was, besides the time. */
export interface RefreshGrant {
  /** When it is over the next time, in milliseconds since 1970. Default: never. */
  readonly expiresAtMs?: number | undefined;
  /** What members of channels that the client subscribes to from now on see of it, as JSON. */
  readonly info?: unknown;
  /** What the client may do without any hook being asked. It loses subscriptions that stood on capabilities it has no more. */
  readonly capabilities?: readonly Capability[] | undefined;
  /** What only the server sees of the client. */
  readonly meta?: unknown;
}
