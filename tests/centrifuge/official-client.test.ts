/** The official JavaScript client of the Centrifuge protocol is a client of the hub, over a real socket. */

import { Centrifuge } from "centrifuge";
import { WebSocket } from "ws";
import { describe, expect, it, onTestFinished } from "vitest";
import { refuse } from "@tautline/hub";
import { disconnects, replyErrors } from "@tautline/wire";
import { dial, next, serve, subscribe } from "./official-client.ts";

describe("the official client", () => {
  it("connects with data and hears the answer", async () => {
    const server = await serve();
    server.hub.onConnect(({ data, name }) => ({ user: "42", data: { echo: data, name } }));
    const client = dial(server, { data: { secret: 1 } });
    const [connected] = await next(client, "connected");
    expect(connected?.data).toEqual({ echo: { secret: 1 }, name: "js" });
    expect(server.hub.clients.get(connected?.client ?? "")?.user).toBe("42");
  });

  it("publishes and receives, its own and others' messages, in order", async () => {
    const server = await serve();
    const [ann, ben] = [dial(server), dial(server)];
    const [annChat, benChat] = [await subscribe(ann, "chat"), await subscribe(ben, "chat")];
    const received = [annChat, benChat].map((chat) => next(chat, "publication", 101));
    for (let n = 0; n < 100; n += 1) void annChat.publish({ n });
    await annChat.publish({ n: 100 });
    for (const publications of await Promise.all(received)) {
      expect(publications.map(({ data }) => data.n)).toEqual(
        Array.from({ length: 101 }, (_, n) => n),
      );
      expect(publications[0]?.info?.client).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it("receives what the server publishes and sends", async () => {
    const server = await serve();
    const client = dial(server);
    const chat = await subscribe(client, "chat");
    const publication = next(chat, "publication");
    await server.hub.channel("chat").publish({ text: "from the server 🎉" });
    expect((await publication)[0]?.data).toEqual({ text: "from the server 🎉" });
    const message = next(client, "message");
    for (const one of server.hub.clients.values()) one.send({ hello: true });
    expect((await message)[0]?.data).toEqual({ hello: true });
  });

  it("calls procedures, and understands their refusals", async () => {
    const server = await serve();
    server.hub.rpc("sum", (data) => ({
      sum: [data].flat().reduce((a, b) => Number(a) + Number(b), 0),
    }));
    server.hub.rpc("no", () => refuse({ code: 450, message: "not today" }));
    const client = dial(server);
    expect(await client.rpc("sum", [1, 2, 3])).toEqual({ data: { sum: 6 } });
    await expect(client.rpc("no", {})).rejects.toMatchObject({ code: 450, message: "not today" });
    await expect(client.rpc("none", {})).rejects.toMatchObject({ code: 104 });
  });

  it("sends messages that want no answer", async () => {
    const server = await serve();
    const client = dial(server);
    const received = new Promise((resolve) => void server.hub.onMessage((data) => resolve(data)));
    await client.send({ note: 1 });
    expect(await received).toEqual({ note: 1 });
  });

  it("sees who is there, who comes and who leaves", async () => {
    const server = await serve();
    server.hub.onConnect(({ data }) => ({ user: String(data), info: { name: data } }));
    const ann = dial(server, { data: "ann" });
    const chat = await subscribe(ann, "chat", { joinLeave: true });
    const join = new Promise((resolve) => {
      chat.on("join", ({ info }) => info.user === "ben" && resolve(info.connInfo));
    });
    const leave = next(chat, "leave");
    const ben = dial(server, { data: "ben" });
    await subscribe(ben, "chat");
    expect(await join).toEqual({ name: "ben" });
    const { clients } = await chat.presence();
    expect(
      Object.values(clients)
        .map(({ user }) => user)
        .sort(),
    ).toEqual(["ann", "ben"]);
    expect(await chat.presenceStats()).toEqual({ numClients: 2, numUsers: 2 });
    ben.disconnect();
    expect((await leave)[0]?.info.user).toBe("ben");
  });

  it("answers pings and stays", async () => {
    const server = await serve({ pingIntervalMs: 60, pongTimeoutMs: 50 });
    const pong = (): Promise<string> => server.nextFrame((frame) => frame === "{}");
    const client = dial(server);
    await client.ready();
    for (let count = 0; count < 3; count += 1) await pong();
    expect(client.state).toBe("connected");
    expect(server.connectionCount).toBe(1);
  });

  it("unsubscribes, and hears when the server ends a subscription", async () => {
    const server = await serve();
    const client = dial(server);
    const [one, two] = [await subscribe(client, "one"), await subscribe(client, "two")];
    one.unsubscribe();
    expect(await client.presenceStats("one")).toEqual({ numClients: 0, numUsers: 0 });
    const unsubscribed = next(two, "unsubscribed");
    for (const each of server.hub.clients.values()) each.unsubscribe("two");
    expect((await unsubscribed)[0]?.code).toBe(2000);
    expect((await server.hub.channel("two").presenceStats()).clients).toBe(0);
  });

  it("subscribes again when the server says so", async () => {
    const server = await serve();
    const client = dial(server);
    const chat = await subscribe(client, "chat");
    const again = next(chat, "subscribed");
    for (const each of server.hub.clients.values())
      each.unsubscribe("chat", { code: 2500, reason: "again" });
    await again;
    expect((await server.hub.channel("chat").presenceStats()).clients).toBe(1);
  });

  it("comes back with its subscriptions after a code that asks for it", async () => {
    const server = await serve();
    const client = dial(server);
    const chat = await subscribe(client, "chat");
    const connecting = next(client, "connecting");
    const again = next(chat, "subscribed");
    for (const each of server.hub.clients.values()) each.disconnect(disconnects.forceReconnect);
    expect((await connecting)[0]?.code).toBe(3011);
    await again;
    expect(server.connectionCount).toBe(2);
    const publication = next(chat, "publication");
    await server.hub.channel("chat").publish("back");
    expect((await publication)[0]?.data).toBe("back");
  });

  it("stays away after a code that ends it", async () => {
    const server = await serve();
    const client = dial(server);
    await client.ready();
    const disconnected = next(client, "disconnected");
    for (const each of server.hub.clients.values())
      each.disconnect({ code: 4500, reason: "banned" });
    expect((await disconnected)[0]).toEqual({ code: 4500, reason: "banned" });
    expect(client.state).toBe("disconnected");
    expect(server.connectionCount).toBe(1);
  });

  it("hears refusals to connect, subscribe and publish", async () => {
    const server = await serve();
    server.hub.onSubscribe(({ channel }) =>
      channel === "open" ? undefined : refuse(replyErrors.permissionDenied),
    );
    server.hub.onPublish(() => refuse(replyErrors.permissionDenied));
    const client = dial(server);
    const closed = client.newSubscription("closed");
    const unsubscribed = next(closed, "unsubscribed");
    closed.subscribe();
    expect((await unsubscribed)[0]?.code).toBe(103);
    await subscribe(client, "open");
    await expect(client.publish("open", 1)).rejects.toMatchObject({ code: 103 });
    server.hub.onConnect(() => refuse(replyErrors.unauthorized));
    const stranger = dial(server);
    expect((await next(stranger, "disconnected"))[0]?.code).toBe(101);
  });

  it("connects and subscribes to a hundred channels in one frame", async () => {
    const server = await serve();
    const client = new Centrifuge(server.url, { websocket: WebSocket });
    onTestFinished(() => client.disconnect());
    const frame = server.nextFrame((text) => text.split("\n").length === 101);
    const subscriptions = Array.from({ length: 100 }, (_, n) =>
      client.newSubscription(`channel-${n}`),
    );
    for (const subscription of subscriptions) subscription.subscribe();
    client.connect();
    await Promise.all(subscriptions.map((subscription) => subscription.ready()));
    await frame;
    expect([...server.hub.clients.values()][0]?.channels).toHaveLength(100);
  });
});
