/** Our client and the subscriptions that our hub makes for it, over real sockets that break. */

import { Client } from "@tautline/client";
import { ServerSubscriptions } from "@tautline/client/server-subscriptions";
import type { ServerSubscribed } from "@tautline/client/server-subscriptions";
import type { HubOptions } from "@tautline/hub";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { HubOnAPort, stopAll } from "./hub-on-a-port.ts";

const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnect()));
  await stopAll();
});

const logged: Partial<HubOptions> = { channels: { historySize: 1000, recovery: "stream" } };

function newClient(server: HubOnAPort) {
  const serverSubscriptions = new ServerSubscriptions();
  const client = new Client(server.url, {
    webSocket: WebSocket,
    reconnectDelayMs: 5,
    maxReconnectDelayMs: 20,
    serverSubscriptions,
  });
  clients.push(client);
  return { client, mine: serverSubscriptions };
}

/** The next event, of those that `listen` hears. */
const next = <Event>(listen: (listener: (event: Event) => void) => () => void): Promise<Event> =>
  new Promise((resolve) => {
    const cancel = listen((event) => {
      cancel();
      resolve(event);
    });
  });

test("what the server subscribes a client to on connecting is recovered after each cut", async () => {
  const server = await HubOnAPort.start(logged);
  server.hub.onConnect(() => ({
    user: "ann",
    subscriptions: [{ channel: "inbox#ann", data: { hello: true } }],
  }));
  const { client, mine } = newClient(server);
  const starts: ServerSubscribed[] = [];
  const received: unknown[] = [];
  const count = 400;
  const all = new Promise<void>((resolve) => {
    mine.onPublication(({ channel, data }) => {
      received.push([channel, data]);
      if (received.length === count) resolve();
    });
  });
  mine.onSubscribed((start) => starts.push(start));
  await client.connect();
  expect(starts).toEqual([
    { channel: "inbox#ann", data: { hello: true }, wasRecovering: false, recovered: false },
  ]);
  const inbox = server.hub.channel("inbox#ann");
  for (let n = 1; n <= count; n += 1) {
    await inbox.publish(n);
    if (n % 100 !== 50) continue;
    const back = next<ServerSubscribed>((listener) => mine.onSubscribed(listener));
    server.cut();
    if (n > 200) await back;
  }
  await all;
  expect(received).toEqual(Array.from({ length: count }, (_, n) => ["inbox#ann", n + 1]));
  expect(starts.length).toBeGreaterThan(2);
  for (const { wasRecovering, recovered } of starts.slice(1)) {
    expect([wasRecovering, recovered]).toEqual([true, true]);
  }
  expect(mine.position("inbox#ann")?.offset).toBe(count);
});

test("subscriptions of both sides stand beside each other, and the server's begin and end later", async () => {
  const server = await HubOnAPort.start(logged);
  const { client, mine } = newClient(server);
  await client.connect();
  const own = client.subscribe("own");
  await own.ready();
  const [hubClient] = server.hub.clients.values();
  const subscribed = next<ServerSubscribed>((listener) => mine.onSubscribed(listener));
  await hubClient?.subscribe({ channel: "theirs", data: 1, joinLeave: true });
  expect(await subscribed).toMatchObject({ channel: "theirs", data: 1 });
  const heard: string[] = [];
  own.onPublication(({ data }) => heard.push(`own ${String(data)}`));
  mine.onPublication(({ channel, data }) => heard.push(`${channel} ${String(data)}`));
  const join = next((listener) => mine.onJoin(listener));
  const other = newClient(server).client;
  await other.connect();
  await other.subscribe("theirs").ready();
  expect(await join).toMatchObject({ channel: "theirs" });
  const leave = next((listener) => mine.onLeave(listener));
  void other.disconnect();
  expect(await leave).toMatchObject({ channel: "theirs" });
  await server.hub.channel("own").publish(1);
  const last = next((listener) => mine.onPublication(listener));
  await server.hub.channel("theirs").publish(2);
  await last;
  expect(heard).toEqual(["own 1", "theirs 2"]);
  const unsubscribed = next((listener) => mine.onUnsubscribed(listener));
  hubClient?.unsubscribe("theirs");
  expect(await unsubscribed).toMatchObject({ channel: "theirs", code: 2000 });
  expect(mine.channels).toEqual([]);
  expect(own.state).toBe("subscribed");
});
