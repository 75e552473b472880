/** How much there is on a hub, and what of it is asked for. */

import type { ListFilter } from "./listing.ts";

/** Which channels are listed. */
export interface ChannelFilter extends ListFilter {
  /** Those whose name fits: `*` stands for any text. Default: all. */
  readonly pattern?: string | undefined;
}

/** How much there is on a hub. */
export interface HubInfo {
  /** Connections, those that are not a client's yet included. */
  readonly connections: number;
  readonly clients: number;
  /** Users with at least one client; those of whom nothing is known count as one. */
  readonly users: number;
  /** Channels with at least one subscriber. */
  readonly channels: number;
  readonly subscriptions: number;
  /** Milliseconds since the hub was made. */
  readonly uptimeMs: number;
}
