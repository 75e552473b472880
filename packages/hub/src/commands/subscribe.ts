/** The subscribe command. */

import type { SubscribeRequest } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";
import { authorizeSubscription } from "../access/authorize-subscription.ts";
import { refuse } from "../refusal.ts";
import type { Call } from "../session.ts";
import { requireChannel } from "./permitted-channel.ts";
import { recoveryPoint } from "./position.ts";

/** In the request's `flag`: refuse the subscription rather than begin it without what was missed. */
const rejectUnrecovered = 2;

export async function subscribe(call: Call, request: SubscribeRequest): Promise<void> {
  const { session, respond } = call;
  const { channel } = requireChannel(call, request.channel);
  // Other types are subscriptions to something else than publications.
  if ((request.type ?? 0) !== 0) throw refuse(replyErrors.notAvailable);
  // Who comes and goes is presence as well: capabilities that leave it out leave out both.
  const mayLook = !session.limited || session.permits("presence", channel);
  const plan = {
    channel,
    wantsJoinLeave: request.join_leave === true && mayLook,
    serverSide: false,
    wantsDeltas: request.delta === "fossil",
    since: recoveryPoint(request),
    rejectUnrecovered: hasFlag(request.flag, rejectUnrecovered),
    decide: () => authorizeSubscription(call, channel, request),
  };
  await session.subscriptions.begin(plan, (result) => respond({ subscribe: result }));
}

/** Whether the bit `flag` is set; numbers beyond 32 bits, where the operators of the language end, have none. */
function hasFlag(flags: number | undefined, flag: number): boolean {
  return flags !== undefined && flags <= 0x7fff_ffff && (flags & flag) !== 0;
}
