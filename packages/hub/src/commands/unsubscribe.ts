/** The unsubscribe command. It succeeds without a subscription too: the client has what it wants. */

import type { ChannelRequest } from "@tautline/wire";
import type { Call } from "../session.ts";
import { requireChannel } from "./channel-name.ts";

export async function unsubscribe(call: Call, request: ChannelRequest): Promise<void> {
  const { session, context, respond } = call;
  await session.subscriptions.end(requireChannel(request.channel, context.options));
  respond({ unsubscribe: {} });
}
