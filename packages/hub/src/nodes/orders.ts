/**
 * What code on a server can have done to clients it names, wherever they are connected: an order is carried out here, on the
 * clients of this hub, and told to the other hubs, which do the same with theirs.
 */

import type { Disconnect, UnsubscribeReason } from "@tautline/wire";
import type { RefreshGrant } from "../access/refresh-grant.ts";
import type { HubClient } from "../hub-client.ts";
import { requireDisconnect } from "../refusal.ts";
import type { ClientSelection, Roster } from "../roster.ts";
import type { ServerSubscription } from "../subscriptions/server-subscription.ts";

export type Order =
  | { readonly kind: "disconnect"; readonly whom: ClientSelection; readonly why: Disconnect }
  | { readonly kind: "refresh"; readonly whom: ClientSelection; readonly grant: RefreshGrant }
  | {
      readonly kind: "subscribe";
      readonly whom: ClientSelection;
      readonly subscription: ServerSubscription;
    }
  | {
      readonly kind: "unsubscribe";
      readonly whom: ClientSelection;
      readonly channel: string | undefined;
      readonly reason: UnsubscribeReason | undefined;
    };

/**
 * Carries an order out on the clients of a roster. Resolves with how many took it.
 *
 * @throws TypeError when nobody is named, or a value has no JSON form; as a rejection what `HubClient.subscribe` rejects with
 */
export function carryOutOrder(roster: Roster, order: Order): Promise<number> {
  if (order.kind === "subscribe") return roster.subscribe(order.whom, order.subscription);
  if (order.kind === "disconnect") requireDisconnect(order.why);
  const clients = roster.select(order.whom);
  switch (order.kind) {
    case "disconnect":
      for (const client of clients) client.disconnect(order.why);
      break;
    case "refresh":
      for (const client of clients) client.refresh(order.grant);
      break;
    case "unsubscribe":
      for (const client of clients) unsubscribe(client, order.channel, order.reason);
      break;
  }
  return Promise.resolve(clients.length);
}

function unsubscribe(client: HubClient, channel?: string, reason?: UnsubscribeReason): void {
  for (const name of channel === undefined ? client.channels : [channel]) {
    client.unsubscribe(name, reason);
  }
}
