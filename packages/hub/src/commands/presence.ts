/** The presence commands: who is in a channel, and how many. */

import type { ChannelRequest } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";
import { refuse } from "../refusal.ts";
import type { Call } from "../session.ts";
import { requireChannel } from "./permitted-channel.ts";

export async function presence(call: Call, request: ChannelRequest): Promise<void> {
  const channel = await permittedChannel(call, request);
  call.respond({ presence: { presence: await call.context.broker.members(channel) } });
}

export async function presenceStats(call: Call, request: ChannelRequest): Promise<void> {
  const channel = await permittedChannel(call, request);
  const { clients, users } = await call.context.broker.memberStats(channel);
  call.respond({ presence_stats: { num_clients: clients, num_users: users } });
}

async function permittedChannel(call: Call, request: ChannelRequest): Promise<string> {
  const { session, context } = call;
  const { channel, options } = requireChannel(call, request.channel);
  if (!options.presence) throw refuse(replyErrors.notAvailable);
  const subscribed = session.subscriptions.memberIn(channel) !== undefined;
  await context.policy.presence({ channel, subscribed }, session);
  return channel;
}
