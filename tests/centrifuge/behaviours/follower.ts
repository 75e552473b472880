/** A subscription that writes down everything it gets. */

import { EventEmitter, once } from "node:events";
import type { Centrifuge, SubscribedContext, Subscription, SubscriptionOptions } from "centrifuge";
import type { Combination } from "../combination.ts";

export interface Follower {
  readonly subscription: Subscription;
  /** The data of publications, as they come. */
  readonly values: readonly unknown[];
  /** Each time that the subscription begins or comes back. */
  readonly starts: readonly SubscribedContext[];
  /** Resolves when there are so many values. */
  received(count: number): Promise<void>;
}

export function follow(
  combination: Combination,
  client: Centrifuge,
  ...[channel, options = {}]: [channel: string, options?: Partial<SubscriptionOptions>]
): Follower {
  const heard = new EventEmitter();
  const values: unknown[] = [];
  const starts: SubscribedContext[] = [];
  const subscription = client.newSubscription(channel, options);
  subscription.on("publication", ({ data }) => {
    values.push(combination.value(data));
    heard.emit("publication");
  });
  subscription.on("subscribed", (context) => starts.push(context));
  subscription.subscribe();
  return {
    subscription,
    values,
    starts,
    async received(count) {
      while (values.length < count) await once(heard, "publication");
    },
  };
}
