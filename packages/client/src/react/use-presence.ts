/** Who is in a channel, in a component. */

import type { ChannelContract } from "@tautline/wire";
import { useEffect, useSyncExternalStore } from "react";
import { useClient } from "./client-context.ts";
import type { Members } from "./shared-channel.ts";
import { sharedChannel } from "./shared-channel.ts";

/**
 * Subscribes while the component is there, and keeps the list of members up to date. It shares the subscription with
 * `useChannel`; when that was made without asking who comes and goes, it is made anew, from the same place.
 */
export function usePresence<Message = unknown>(
  channel: ChannelContract<Message> | string,
): Members {
  const client = useClient();
  const shared = sharedChannel(client, typeof channel === "string" ? channel : channel.name);
  useEffect(() => shared.add({ members: true }), [shared]);
  return useSyncExternalStore(shared.watch, shared.members, shared.members);
}
