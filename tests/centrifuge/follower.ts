/** An official client that follows the channel "a" on one of several servers and comes back fast; gone when the test is over. */
import { Centrifuge } from "centrifuge";
import type { StreamPosition, Subscription } from "centrifuge";
import { expect, onTestFinished } from "vitest";
import { WebSocket } from "ws";

import type { Place } from "../transports/world.ts";

export interface Follower {
  readonly client: Centrifuge;
  readonly subscription: Subscription;
  readonly values: unknown[];
  /** Whether each subscription but the first has recovered. */
  readonly recoveries: boolean[];
}

export async function follow({ url }: Place, since?: StreamPosition): Promise<Follower> {
  const client = new Centrifuge(`${url.replace("http", "ws")}/connection/websocket`, {
    websocket: WebSocket,
    minReconnectDelay: 1,
    maxReconnectDelay: 20,
  });
  onTestFinished(() => client.disconnect());
  const subscription = client.newSubscription("a", {
    minResubscribeDelay: 1,
    maxResubscribeDelay: 20,
    ...(since !== undefined && { since }),
  });
  const values: unknown[] = [];
  const recoveries: boolean[] = [];
  subscription.on("publication", ({ data }) => values.push(data));
  subscription.on("subscribed", ({ wasRecovering, recovered }) => {
    if (wasRecovering) recoveries.push(recovered);
  });
  subscription.subscribe();
  client.connect();
  await subscription.ready();
  return { client, subscription, values, recoveries };
}

/** Waits for what comes over sockets, in its own time. */
export async function eventually(look: () => unknown, expected: unknown): Promise<void> {
  await expect.poll(look, { timeout: 15_000, interval: 5 }).toEqual(expected);
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);
