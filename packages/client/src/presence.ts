/** Questions about who is in a channel. The server answers them for channels that it lets this client see. */

import type { Calls } from "./calls.ts";
import type { CallOptions } from "./deadline.ts";
import type { Member } from "./publication.ts";
import { memberOf } from "./publication.ts";

/** How many are in a channel. */
export interface PresenceStats {
  readonly clients: number;
  readonly users: number;
}

/** Asks who is in `channel`. */
export async function presence(
  calls: Calls,
  channel: string,
  options: CallOptions | undefined,
): Promise<readonly Member[]> {
  const reply = await calls.call({ presence: { channel } }, options);
  return [...(reply.presence?.presence.values() ?? [])].map(memberOf);
}

/** Asks how many are in `channel`. */
export async function presenceStats(
  calls: Calls,
  channel: string,
  options: CallOptions | undefined,
): Promise<PresenceStats> {
  const { presence_stats: stats } = await calls.call({ presence_stats: { channel } }, options);
  return { clients: stats?.num_clients ?? 0, users: stats?.num_users ?? 0 };
}
