/** The official client in Protobuf is a client of the hub over a real socket, and shares channels with those in JSON. */

import type { PublicationContext, SubscribedContext } from "centrifuge";
import { describe, expect, it } from "vitest";
import type { HubOptions } from "@tautline/hub";
import { refuse } from "@tautline/hub";
import { disconnects } from "@tautline/wire";
import { dial, dialProtobuf, next, serve, subscribe } from "./official-client.ts";

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const value = (data: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(data));
const noJson = Uint8Array.of(0, 255, 10, 13);

const recoverable: Partial<HubOptions> = {
  open: true,
  maxBufferedBytes: 16_777_216,
  channels: { historySize: 20_000, recovery: "stream", deltas: ["fossil"] },
};

/** Text that is mostly the same each time, as the state of a thing is. */
const state = (n: number) => ({ n, text: "über and 🎉, the same in all of them, and long enough" });

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

describe("the official client in Protobuf", () => {
  it("connects with data and hears the answer", async () => {
    const server = await serve();
    server.hub.onConnect(({ data, name }) => ({ user: "42", data: { echo: data, name } }));
    const client = dialProtobuf(server, { data: bytes({ secret: 1 }) });
    const [connected] = await next(client, "connected");
    expect(value(connected?.data)).toEqual({ echo: { secret: 1 }, name: "js" });
    expect(server.hub.clients.get(connected?.client ?? "")?.user).toBe("42");
  });

  it("publishes and receives bytes, its own and others', in order", async () => {
    const server = await serve();
    const [ann, ben] = [dialProtobuf(server), dialProtobuf(server)];
    const [annChat, benChat] = [await subscribe(ann, "chat"), await subscribe(ben, "chat")];
    const received = [annChat, benChat].map((chat) => next(chat, "publication", 101));
    for (let n = 0; n < 100; n += 1) void annChat.publish(Uint8Array.of(n, 255));
    await annChat.publish(noJson);
    for (const publications of await Promise.all(received)) {
      expect(publications.map(({ data }) => data[0])).toEqual([...upTo(100).map((n) => n - 1), 0]);
      expect(publications.at(-1)?.data).toEqual(noJson);
      expect(publications[0]?.info?.client).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it("calls procedures, and understands their refusals", async () => {
    const server = await serve();
    server.hub.rpc("sum", (data) => [data].flat().reduce((a, b) => Number(a) + Number(b), 0));
    server.hub.rpc("bytes", (data) => data);
    server.hub.rpc("no", () => refuse({ code: 450, message: "not today" }));
    const client = dialProtobuf(server);
    expect(value((await client.rpc("sum", bytes([1, 2, 3]))).data)).toBe(6);
    expect((await client.rpc("bytes", noJson)).data).toEqual(noJson);
    await expect(client.rpc("no", bytes(0))).rejects.toMatchObject({
      code: 450,
      message: "not today",
    });
  });

  it("sends messages, and receives the server's", async () => {
    const server = await serve();
    const client = dialProtobuf(server);
    const received = new Promise((resolve) => void server.hub.onMessage((data) => resolve(data)));
    await client.send(bytes({ note: 1 }));
    expect(await received).toEqual({ note: 1 });
    const message = next(client, "message");
    for (const one of server.hub.clients.values()) one.send(noJson);
    expect((await message)[0]?.data).toEqual(noJson);
  });

  it("answers pings and stays", async () => {
    const server = await serve({ pingIntervalMs: 60, pongTimeoutMs: 50 });
    const client = dialProtobuf(server);
    await client.ready();
    for (let count = 0; count < 3; count += 1) await server.nextFrame((frame) => frame === "\0");
    expect(client.state).toBe("connected");
    expect(server.connectionCount).toBe(1);
  });

  it("comes back after a code that asks for it, and stays away after another", async () => {
    const server = await serve();
    const client = dialProtobuf(server);
    const chat = await subscribe(client, "chat");
    const again = next(chat, "subscribed");
    for (const each of server.hub.clients.values()) each.disconnect(disconnects.forceReconnect);
    await again;
    const disconnected = next(client, "disconnected");
    for (const each of server.hub.clients.values())
      each.disconnect({ code: 4500, reason: "banned" });
    expect((await disconnected)[0]).toEqual({ code: 4500, reason: "banned" });
  });

  it("reads history in pages, forwards and backwards", async () => {
    const server = await serve(recoverable);
    for (const n of upTo(5)) await server.hub.channel("a").publish(n);
    const chat = await subscribe(dialProtobuf(server), "a");
    const page = await chat.history({ limit: 2 });
    expect(page.publications.map(({ data, offset }) => [value(data), offset])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const { epoch } = page;
    const back = await chat.history({ limit: 2, since: { epoch, offset: 5 }, reverse: true });
    expect(back.publications.map(({ data }) => value(data))).toEqual([4, 3]);
    await expect(
      chat.history({ limit: 1, since: { epoch: "forged", offset: 1 } }),
    ).rejects.toMatchObject({ code: 112 });
  });

  it("is subscribed by the server, and recovers that too", async () => {
    const server = await serve(recoverable);
    server.hub.onConnect(() => ({ subscriptions: [{ channel: "mine", data: noJson }] }));
    const client = dialProtobuf(server);
    const [first] = await next(client, "subscribed");
    expect(first).toMatchObject({ channel: "mine", recoverable: true, data: noJson });
    client.disconnect();
    for (const n of [1, 2]) await server.hub.channel("mine").publish(n);
    const again = next(client, "subscribed");
    const two = next(client, "publication", 2);
    client.connect();
    expect((await again)[0]).toMatchObject({ wasRecovering: true, recovered: true });
    expect((await two).map(({ data }) => value(data))).toEqual([1, 2]);
  });

  it("connects and subscribes to a hundred channels at once", async () => {
    const server = await serve();
    const client = dialProtobuf(server);
    const all = upTo(100).map((n) => subscribe(client, `channel-${n}`));
    await Promise.all(all);
    expect([...server.hub.clients.values()][0]?.channels).toHaveLength(100);
  });
});

describe("the connection is cut in the middle of 10,000 publications in Protobuf", () => {
  it.each([
    { name: "plainly", delta: undefined },
    { name: "with deltas", delta: "fossil" as const },
  ])("no gap, no double, order kept, $name", async ({ delta }) => {
    const server = await serve(recoverable);
    const client = dialProtobuf(server);
    const count = 10_000;
    const received: unknown[] = [];
    const recoveries: SubscribedContext[] = [];
    const subscription = client.newSubscription("a", delta === undefined ? {} : { delta });
    const done = new Promise<void>((resolve) => {
      subscription.on("publication", ({ data }: PublicationContext) => {
        const { n } = value(data) as { n: number };
        received.push(n);
        if (n === count) resolve();
      });
    });
    subscription.on("subscribed", (context) => recoveries.push(context));
    subscription.subscribe();
    await subscription.ready();
    for (const n of upTo(count)) {
      const text = "a text that is the same in all of them, long enough to be worth a difference";
      await server.hub.channel("a").publish({ n, text });
      if (n % 2500 === 0 && n < count) {
        const again = next(subscription, "subscribed");
        server.cut();
        // On while the client is away, and while it comes back.
        if (n % 5000 === 0) await again;
      }
    }
    await done;
    expect(received).toEqual(upTo(count));
    expect(recoveries.length).toBeGreaterThan(1);
    for (const { wasRecovering, recovered } of recoveries.slice(1)) {
      expect([wasRecovering, recovered]).toEqual([true, true]);
    }
  });
});

describe("a client in JSON and one in Protobuf", () => {
  it("talk in one channel, and see each other there", async () => {
    const server = await serve(recoverable);
    server.hub.onConnect(({ data }) => ({ user: String(data), info: { name: data } }));
    const ann = dial(server, { data: "ann" });
    const annChat = await subscribe(ann, "chat", { joinLeave: true });
    const joined = new Promise((resolve) => {
      annChat.on("join", ({ info }) => info.user === "ben" && resolve(info.connInfo));
    });
    const ben = dialProtobuf(server, { data: bytes("ben") });
    const benChat = await subscribe(ben, "chat", { joinLeave: true });
    expect(await joined).toEqual({ name: "ben" });
    const heard = [next(annChat, "publication", 2), next(benChat, "publication", 2)];
    await annChat.publish({ from: "ann 🎉" });
    await benChat.publish(bytes({ from: "ben 🎉" }));
    const [atAnn, atBen] = await Promise.all(heard);
    expect(atAnn?.map(({ data }) => data)).toEqual([{ from: "ann 🎉" }, { from: "ben 🎉" }]);
    expect(atBen?.map(({ data }) => value(data))).toEqual([{ from: "ann 🎉" }, { from: "ben 🎉" }]);
    const [{ clients }, stats] = [await benChat.presence(), await annChat.presenceStats()];
    expect(Object.values(clients).map(({ connInfo }) => value(connInfo))).toEqual(
      expect.arrayContaining([{ name: "ann" }, { name: "ben" }]),
    );
    expect(stats).toEqual({ numClients: 2, numUsers: 2 });
    const left = next(benChat, "leave");
    ann.disconnect();
    expect((await left)[0]?.info.user).toBe("ann");
  });

  it("get deltas each in its own form", async () => {
    const server = await serve({ open: true, channels: { deltas: ["fossil"] } });
    const chats = [
      await subscribe(dial(server), "a", { delta: "fossil" }),
      await subscribe(dialProtobuf(server), "a", { delta: "fossil" }),
    ];
    const heard = chats.map((chat) => next(chat, "publication", 10));
    for (const n of upTo(10)) await server.hub.channel("a").publish(state(n));
    const [json, binary] = await Promise.all(heard);
    expect(json?.map(({ data }) => data)).toEqual(upTo(10).map(state));
    expect(binary?.map(({ data }) => value(data))).toEqual(upTo(10).map(state));
    for (const chat of chats) expect(chat.deltaStats()).toMatchObject({ numDeltaPayloads: 9 });
  });

  it("part over bytes that are no JSON: the JSON client is told why, as by Centrifugo", async () => {
    const server = await serve();
    const [ann, ben] = [dial(server), dialProtobuf(server)];
    await subscribe(ann, "chat");
    const chat = await subscribe(ben, "chat");
    const disconnected = next(ann, "disconnected");
    await chat.publish(noJson);
    expect((await disconnected)[0]).toEqual({ code: 3506, reason: "inappropriate protocol" });
    expect(ben.state).toBe("connected");
  });
});
