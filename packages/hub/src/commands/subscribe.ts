/** The subscribe command. Positions and recovery are not asked for here: no channel keeps a log yet. */

import type { SubscribeRequest } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";
import { refuse } from "../refusal.ts";
import type { Call } from "../session.ts";
import { requireChannel } from "./channel-name.ts";
import { payloadOf, valueOf } from "./request-data.ts";

export async function subscribe(call: Call, request: SubscribeRequest): Promise<void> {
  const { session, context, respond } = call;
  const channel = requireChannel(request.channel, context.options);
  // Other types are subscriptions to something else than publications.
  if ((request.type ?? 0) !== 0) throw refuse(replyErrors.notAvailable);
  await session.subscriptions.begin({
    channel,
    wantsJoinLeave: request.join_leave ?? false,
    decide: async () => {
      const attempt = { channel, token: request.token ?? "", data: valueOf(request.data) };
      const grant = await context.policy.subscribe(attempt, session);
      return { info: payloadOf(grant.info), data: payloadOf(grant.data) };
    },
    confirm: ({ data }) => {
      respond({ subscribe: data === undefined ? {} : { data } });
    },
  });
}
