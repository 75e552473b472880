/** What tests of the official client wait for. */

import type {
  Centrifuge,
  EventMap,
  Subscription,
  SubscriptionOptions,
  TypedEventEmitter,
} from "centrifuge";

export async function subscribe(
  client: Centrifuge,
  channel: string,
  options: Partial<SubscriptionOptions> = {},
): Promise<Subscription> {
  const subscription = client.newSubscription(channel, options);
  subscription.subscribe();
  await subscription.ready();
  return subscription;
}

/** The next `count` events of one kind, as they come. */
export function next<Events extends EventMap, Name extends keyof Events>(
  emitter: Pick<TypedEventEmitter<Events>, "on">,
  event: Name,
  count = 1,
): Promise<Parameters<Events[Name]>[0][]> {
  return new Promise((resolve) => {
    const contexts: Parameters<Events[Name]>[0][] = [];
    const listener = (context: Parameters<Events[Name]>[0]): void => {
      contexts.push(context);
      if (contexts.length === count) resolve(contexts);
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all events here have one context
    emitter.on(event, listener as Events[Name]);
  });
}
