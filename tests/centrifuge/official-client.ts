/** Hubs on ports and official clients of them, both gone when the test is over. */

import type {
  EventMap,
  Options,
  Subscription,
  SubscriptionOptions,
  TypedEventEmitter,
} from "centrifuge";
import { Centrifuge } from "centrifuge";
import { Centrifuge as ProtobufCentrifuge } from "centrifuge/build/protobuf";
import { WebSocket } from "ws";
import { onTestFinished } from "vitest";
import type { HubOptions } from "@tautline/hub";
import type { HubServer } from "./hub-server.ts";
import { startHubServer } from "./hub-server.ts";

export async function serve(options?: Partial<HubOptions>): Promise<HubServer> {
  const server = await startHubServer(options);
  onTestFinished(() => server.close());
  return server;
}

/** A client that is quick to come back. */
export function dial(server: HubServer, options: Partial<Options> = {}): Centrifuge {
  const client = new Centrifuge(server.url, {
    websocket: WebSocket,
    minReconnectDelay: 1,
    maxReconnectDelay: 10,
    ...options,
  });
  onTestFinished(() => client.disconnect());
  client.connect();
  return client;
}

/** The same in Protobuf: all its data is bytes. */
export function dialProtobuf(server: HubServer, options: Partial<Options> = {}): Centrifuge {
  const client = new ProtobufCentrifuge(server.url, {
    websocket: WebSocket,
    minReconnectDelay: 1,
    maxReconnectDelay: 10,
    ...options,
  });
  onTestFinished(() => client.disconnect());
  client.connect();
  // The same class, declared a second time.
  return client as unknown as Centrifuge;
}

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
