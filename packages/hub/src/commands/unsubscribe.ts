/** The unsubscribe command. It succeeds without a subscription too: the client has what it wants. */

import type { ChannelRequest } from "@tautline/wire";
import type { Call } from "../session.ts";
import { requireChannelName } from "./permitted-channel.ts";

export async function unsubscribe(call: Call, request: ChannelRequest): Promise<void> {
  const { session, respond } = call;
  await session.subscriptions.end(requireChannelName(call, request.channel));
  respond({ unsubscribe: {} });
}
