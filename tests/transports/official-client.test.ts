/** The official client lives over every transport as it does over a WebSocket. */
import type { TransportName } from "centrifuge";
import { describe, expect, it } from "vitest";

import { disconnects, MemoryRelay, refuse } from "tautline";

import { next, subscribe } from "../centrifuge/official-client.ts";
import { startProxy } from "./proxy.ts";
import { dial, startServer } from "./world.ts";

const transports: readonly TransportName[] = ["http_stream", "sse"];

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const recoverable = { hub: { channels: { historySize: 5000, recovery: "stream" as const } } };

describe.each(transports)("the official client over %s", (transport) => {
  it("connects with data, is told its transport, and is known by it", async () => {
    const server = await startServer({
      hooks: {
        connect: ({ data, connection }) => ({
          user: "42",
          data: { echo: data, transport: connection.transport },
          info: { agent: typeof connection.headers?.["user-agent"] },
        }),
      },
    });
    const client = dial(server, [transport], { data: { secret: "ü🎉" } });
    const [connected] = await next(client, "connected");
    expect(connected).toMatchObject({
      transport,
      data: { echo: { secret: "ü🎉" }, transport },
    });
    const one = server.hub.clients.get(connected?.client ?? "");
    expect(one).toMatchObject({ user: "42", info: { agent: "string" } });
    expect(one?.connection.remoteAddress).toContain("127.0.0.1");
  });

  it("publishes and receives, calls, and sees who is there", async () => {
    const server = await startServer();
    server.hub.rpc("double", (data) => Number(data) * 2);
    const [ann, ben] = [dial(server, [transport]), dial(server, [transport])];
    const [annChat, benChat] = [await subscribe(ann, "chat"), await subscribe(ben, "chat")];
    const received = next(benChat, "publication", 20);
    for (const n of upTo(20)) await annChat.publish({ n, text: "a\r\nb\u2028" });
    expect((await received).map(({ data }) => data)).toEqual(
      upTo(20).map((n) => ({ n, text: "a\r\nb\u2028" })),
    );
    expect(await ann.rpc("double", 21)).toEqual({ data: 42 });
    expect(await benChat.presenceStats()).toEqual({ numClients: 2, numUsers: 1 });
  });

  it("sends its subscriptions in one frame", async () => {
    const server = await startServer();
    const proxy = await startProxy(server.url);
    const client = dial(proxy, [transport]);
    const subscriptions = upTo(100).map((n) => client.newSubscription(`channel-${n}`));
    for (const subscription of subscriptions) subscription.subscribe();
    await Promise.all(subscriptions.map((subscription) => subscription.ready()));
    expect([...server.hub.clients.values()][0]?.channels).toHaveLength(100);
    expect(proxy.requests.filter((line) => line === "POST /emulation")).toHaveLength(1);
  });

  it("recovers what it missed when the connection breaks", async () => {
    const server = await startServer(recoverable);
    const proxy = await startProxy(server.url);
    const client = dial(proxy, [transport]);
    const chat = client.newSubscription("a");
    const received: number[] = [];
    const done = new Promise<void>((resolve) => {
      chat.on("publication", ({ data }) => {
        received.push(Number(data));
        if (data === 1000) resolve();
      });
    });
    chat.subscribe();
    await chat.ready();
    const recoveries: unknown[] = [];
    chat.on("subscribed", ({ wasRecovering, recovered }) => {
      recoveries.push([wasRecovering, recovered]);
    });
    for (const n of upTo(1000)) {
      await server.channel("a").publish(n);
      if (n % 400 !== 0) continue;
      const again = next(chat, "subscribed");
      proxy.cut();
      await again;
    }
    await done;
    expect(received).toEqual(upTo(1000));
    expect(recoveries).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  it("reads history, and has subscriptions that the server makes", async () => {
    const server = await startServer({
      ...recoverable,
      hooks: { connect: () => ({ user: "ann", subscriptions: [{ channel: "news" }] }) },
    });
    for (const n of upTo(5)) await server.channel("news").publish(n);
    const client = dial(server, [transport]);
    await next(client, "subscribed");
    const publication = next(client, "publication");
    await server.channel("news").publish(6);
    expect((await publication)[0]).toMatchObject({ channel: "news", data: 6, offset: 6 });
    const page = await client.history("news", { limit: 10 });
    expect(page.publications.map(({ data }) => data)).toEqual(upTo(6));
  });

  it("is told why it has to go, and comes back or stays away", async () => {
    const server = await startServer();
    const client = dial(server, [transport]);
    const [first] = await next(client, "connected");
    const again = next(client, "connected");
    const connecting = next(client, "connecting");
    server.hub.clients.get(first?.client ?? "")?.disconnect(disconnects.forceReconnect);
    expect((await connecting)[0]).toMatchObject({ code: 3011, reason: "force reconnect" });
    const [second] = await again;
    const disconnected = next(client, "disconnected");
    server.hub.clients.get(second?.client ?? "")?.disconnect({ code: 4500, reason: "banned" });
    expect((await disconnected)[0]).toEqual({ code: 4500, reason: "banned" });
  });

  it("is told why it may not connect", async () => {
    const server = await startServer({
      hooks: { connect: () => refuse(disconnects.invalidToken) },
    });
    const client = dial(server, [transport]);
    expect((await next(client, "disconnected"))[0]?.code).toBe(3500);
  });

  it("answers pings by requests", async () => {
    const server = await startServer({ hub: { pingIntervalMs: 60, pongTimeoutMs: 50 } });
    const proxy = await startProxy(server.url);
    const client = dial(proxy, [transport]);
    await client.ready();
    await proxy.requested("POST /emulation", 3);
    expect(client.state).toBe("connected");
    expect(server.hub.clients.size).toBe(1);
  });

  it("hears that the server goes, and finds it again", async () => {
    const server = await startServer();
    const proxy = await startProxy(server.url);
    const client = dial(proxy, [transport]);
    await client.ready();
    const connecting = next(client, "connecting");
    await server.close();
    expect((await connecting)[0]).toMatchObject({ code: 3001, reason: "shutdown" });
  });

  it("needs no sticky sessions: its commands may come to another node", async () => {
    const relay = new MemoryRelay();
    const [here, there] = [await startServer({ relay }), await startServer({ relay })];
    const client = dial(here, [transport], { emulation: there });
    const chat = await subscribe(client, "chat");
    const publication = next(chat, "publication");
    await chat.publish("by way of another node");
    expect((await publication)[0]?.data).toBe("by way of another node");
    expect([here.hub.clients.size, there.hub.clients.size]).toEqual([1, 0]);
  });
});

describe("the official client in Protobuf over http_stream", () => {
  const bytes = Uint8Array.of(0, 255, 10, 13);
  const format = "protobuf";

  it("publishes bytes through another node, and shares a channel with one in JSON", async () => {
    const relay = new MemoryRelay();
    const [here, there] = [await startServer({ relay }), await startServer({ relay })];
    const client = dial(here, ["http_stream"], { format, emulation: there });
    const chat = await subscribe(client, "chat");
    const own = next(chat, "publication", 2);
    await chat.publish(bytes);
    const other = await subscribe(dial(here, ["sse"]), "chat");
    const theirs = next(other, "publication");
    await chat.publish(json({ a: 1 }));
    expect((await own).map(({ data }) => data)).toEqual([bytes, json({ a: 1 })]);
    expect((await theirs)[0]?.data).toEqual({ a: 1 });
    expect(await chat.presenceStats()).toEqual({ numClients: 2, numUsers: 1 });
    expect([here.hub.clients.size, there.hub.clients.size]).toEqual([2, 0]);
  });

  it("recovers, and is told why it has to go", async () => {
    const server = await startServer(recoverable);
    const proxy = await startProxy(server.url);
    const client = dial(proxy, ["http_stream"], { format });
    const chat = await subscribe(client, "a");
    const three = next(chat, "publication", 3);
    const again = next(chat, "subscribed");
    proxy.cut();
    for (const n of upTo(3)) await server.channel("a").publish(n);
    expect((await again)[0]).toMatchObject({ wasRecovering: true, recovered: true });
    expect((await three).map(({ data }) => data)).toEqual(upTo(3).map(json));
    const disconnected = next(client, "disconnected");
    for (const one of server.hub.clients.values()) one.disconnect({ code: 4500, reason: "banned" });
    expect((await disconnected)[0]).toEqual({ code: 4500, reason: "banned" });
  });

  it("falls back to it from a WebSocket that cannot pass", async () => {
    const server = await startServer();
    const proxy = await startProxy(server.url, { upgrades: "refuse" });
    const client = dial(proxy, ["websocket", "http_stream"], { format });
    expect((await next(client, "connected"))[0]?.transport).toBe("http_stream");
  });
});

describe("the official client's own fallback", () => {
  it.each([
    { upgrades: "refuse" as const, expected: "http_stream" },
    { upgrades: "pass" as const, expected: "websocket" },
  ])("finds $expected when a proxy will $upgrades upgrades", async ({ upgrades, expected }) => {
    const server = await startServer();
    const proxy = await startProxy(server.url, { upgrades });
    const client = dial(proxy, ["websocket", "http_stream", "sse"]);
    const [connected] = await next(client, "connected");
    expect(connected?.transport).toBe(expected);
    const chat = await subscribe(client, "chat");
    const publication = next(chat, "publication");
    await chat.publish(1);
    expect((await publication)[0]?.data).toBe(1);
  });
});
