/** Subscriptions that the server makes for a client. Nobody is asked: the server's word is the permission. */

import { exceedsUtf8 } from "@tautline/wire";
import { payloadOf } from "../payload-values.ts";
import type { HubOptions } from "../options.ts";
import type { ServerSubscription } from "./server-subscription.ts";
import type { SubscriptionPlan } from "./subscription-plan.ts";

/**
 * The plan of such a subscription.
 *
 * @throws RangeError when the channel's name is empty or too long; TypeError when `info` or `data` has no JSON form
 */
export function serverPlan(
  { maxChannelNameBytes }: Pick<HubOptions, "maxChannelNameBytes">,
  subscription: ServerSubscription,
): SubscriptionPlan {
  const { channel, joinLeave = false, expiresAtMs, since } = subscription;
  if (channel === "" || exceedsUtf8(channel, maxChannelNameBytes)) {
    throw new RangeError(`A channel's name has 1 to ${maxChannelNameBytes} bytes`);
  }
  const terms = {
    info: payloadOf(subscription.info),
    data: payloadOf(subscription.data),
    expiresAtMs,
  };
  return {
    channel,
    wantsJoinLeave: joinLeave,
    serverSide: true,
    // The protocol's clients take deltas in subscriptions of their own alone.
    wantsDeltas: false,
    since,
    rejectUnrecovered: false,
    decide: async () => terms,
  };
}
