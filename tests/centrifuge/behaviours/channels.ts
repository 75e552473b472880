/** What the official client does in channels and beside them: publications, presence, calls, messages, batches. */

import { expect } from "vitest";
import { refuse } from "tautline";
import { addressOf, dial, startServer } from "../../transports/world.ts";
import type { Behaviours } from "../combination.ts";
import { state, upTo } from "../combination.ts";
import { next, subscribe } from "../official-client.ts";
import { follow } from "./follower.ts";

const logged = { historySize: 100, recovery: "stream" } as const;

export const channels: Behaviours = {
  async "publishes and receives, its own and others' in either format, in order"(combination) {
    const server = await startServer();
    const [ann, ben] = [combination.dial(server), dial(server, ["websocket"])];
    const [annChat, benChat] = [await subscribe(ann, "chat"), await subscribe(ben, "chat")];
    const received = [annChat, benChat].map((chat) => next(chat, "publication", 101));
    // One frame: requests beside each other may overtake each other.
    ann.startBatching();
    const published = upTo(100).map((n) => annChat.publish(combination.data(state(n))));
    ann.stopBatching();
    await Promise.all(published);
    await benChat.publish(state(101));
    for (const publications of await Promise.all(received)) {
      expect(publications.map(({ data }) => combination.value(data))).toEqual(upTo(101).map(state));
      expect(publications[0]?.info?.client).toMatch(/^[0-9a-f-]{36}$/);
    }
  },

  async "receives what the server publishes and sends, and sends messages itself"(combination) {
    const server = await startServer();
    const client = combination.dial(server);
    const chat = await subscribe(client, "chat");
    const publication = next(chat, "publication");
    await server.channel("chat").publish({ text: "from the server 🎉\r\n\u2028" });
    expect(combination.value((await publication)[0]?.data)).toEqual({
      text: "from the server 🎉\r\n\u2028",
    });
    const message = next(client, "message");
    for (const one of server.hub.clients.values()) one.send({ hello: true });
    expect(combination.value((await message)[0]?.data)).toEqual({ hello: true });
    const received = new Promise((resolve) => void server.hub.onMessage((data) => resolve(data)));
    await client.send(combination.data({ note: 1 }));
    expect(await received).toEqual({ note: 1 });
  },

  async "sees tags, as they are published, in the history and recovered"(combination) {
    const key = "a-key-for-tests-only";
    const server = await startServer({
      hub: { channels: logged },
      api: { keys: [key] },
      hooks: { publish: () => ({ tags: { by: "a hook" } }) },
    });
    const client = combination.dial(server);
    const chat = await subscribe(client, "chat");
    const publications = next(chat, "publication", 3);
    await server.channel("chat").publish(1, { tags: { by: "the server", "": "ü🎉" } });
    const body = JSON.stringify({ channel: "chat", data: 2, tags: { by: "a backend" } });
    const headers = { "X-API-Key": key };
    await fetch(addressOf(server, "/api/publish"), { method: "POST", headers, body });
    await chat.publish(combination.data(3));
    const tags = [{ by: "the server", "": "ü🎉" }, { by: "a backend" }, { by: "a hook" }];
    expect((await publications).map((one) => one.tags)).toEqual(tags);
    const page = await chat.history({ limit: 10 });
    expect(page.publications.map((one) => one.tags)).toEqual(tags);
    const since = { offset: 0, epoch: page.epoch };
    const other = combination.dial(server).newSubscription("chat", { since });
    const recovered = next(other, "publication", 3);
    other.subscribe();
    expect((await recovered).map((one) => one.tags)).toEqual(tags);
  },

  async "is not told what it has published itself where there is no echo, and misses nothing"(
    combination,
  ) {
    const server = await startServer({ hub: { channels: { ...logged, echo: false } } });
    const client = combination.dial(server);
    const follower = follow(combination, client, "chat");
    const { subscription, values, starts } = follower;
    await subscription.ready();
    for (const n of upTo(3)) {
      await subscription.publish(combination.data(`mine ${n}`));
      await server.channel("chat").publish(n);
    }
    await subscription.publish(combination.data("mine at last"));
    await follower.received(3);
    expect(values).toEqual(upTo(3));
    const again = next(subscription, "subscribed");
    for (const one of server.hub.clients.values()) {
      one.unsubscribe("chat", { code: 2500, reason: "insufficient state" });
    }
    await again;
    await server.channel("chat").publish(4);
    await follower.received(4);
    expect(values).toEqual(upTo(4));
    expect(starts.map(({ wasRecovering, recovered }) => [wasRecovering, recovered])).toEqual([
      [false, false],
      [true, true],
    ]);
  },

  async "calls procedures, and understands their refusals"(combination) {
    const server = await startServer();
    server.hub.rpc("sum", (data) => ({
      sum: [data].flat().reduce((a, b) => Number(a) + Number(b), 0),
    }));
    server.hub.rpc("no", () => refuse({ code: 450, message: "not today" }));
    const client = combination.dial(server);
    const { data } = await client.rpc("sum", combination.data([1, 2, 3]));
    expect(combination.value(data)).toEqual({ sum: 6 });
    const refused = client.rpc("no", combination.data({}));
    await expect(refused).rejects.toMatchObject({ code: 450, message: "not today" });
    const unknown = client.rpc("none", combination.data({}));
    await expect(unknown).rejects.toMatchObject({ code: 104 });
  },

  async "sees who is there, who comes and who leaves"(combination) {
    const server = await startServer({
      hooks: { connect: ({ data }) => ({ user: String(data), info: { name: data } }) },
    });
    const ann = combination.dial(server, { data: combination.data("ann") });
    const chat = await subscribe(ann, "chat", { joinLeave: true });
    const join = new Promise((resolve) => {
      chat.on("join", ({ info }) => info.user === "ben" && resolve(info.connInfo));
    });
    const leave = new Promise((resolve) => {
      chat.on("leave", ({ info }) => resolve(info.user));
    });
    const ben = combination.dial(server, { data: combination.data("ben") });
    await subscribe(ben, "chat");
    expect(combination.value(await join)).toEqual({ name: "ben" });
    const { clients } = await chat.presence();
    const members = Object.values(clients).map(
      ({ user, connInfo }) => [user, combination.value(connInfo)] as const,
    );
    expect(Object.fromEntries(members)).toEqual({ ann: { name: "ann" }, ben: { name: "ben" } });
    expect(await chat.presenceStats()).toEqual({ numClients: 2, numUsers: 2 });
    ben.disconnect();
    expect(await leave).toBe("ben");
  },

  async "unsubscribes, and hears when the server ends a subscription or begins it anew"(
    combination,
  ) {
    const server = await startServer();
    const client = combination.dial(server);
    const [one, two] = [await subscribe(client, "one"), await subscribe(client, "two")];
    one.unsubscribe();
    // Behind the word of the end, which nothing answers; over HTTP, another request may overtake it.
    await expect.poll(() => client.presenceStats("one").then((stats) => stats.numClients)).toBe(0);
    const again = next(two, "subscribed");
    const [mine] = server.hub.clients.values();
    mine?.unsubscribe("two", { code: 2500, reason: "again" });
    await again;
    expect((await server.channel("two").presenceStats()).clients).toBe(1);
    const unsubscribed = next(two, "unsubscribed");
    mine?.unsubscribe("two");
    expect((await unsubscribed)[0]?.code).toBe(2000);
    expect((await server.channel("two").presenceStats()).clients).toBe(0);
  },

  async "sends what belongs together in one frame"(combination) {
    const server = await startServer();
    const dialled = combination.dialCounted(server);
    const { client } = dialled;
    const subscriptions = upTo(100).map((n) => client.newSubscription(`channel-${n}`));
    for (const subscription of subscriptions) subscription.subscribe();
    await Promise.all(subscriptions.map((subscription) => subscription.ready()));
    expect(dialled.frames).toBe(1);
    expect([...server.hub.clients.values()][0]?.channels).toHaveLength(100);
    client.startBatching();
    const replies = [
      client.publish("channel-1", combination.data(1)),
      client.presenceStats("channel-1"),
      client.presenceStats("channel-2"),
    ];
    client.stopBatching();
    await Promise.all(replies);
    expect(dialled.frames).toBe(2);
  },

  async "understands deltas, and is sent less"(combination) {
    const server = await startServer({ hub: { channels: { deltas: ["fossil"] } } });
    const chat = await subscribe(combination.dial(server), "a", { delta: "fossil" });
    const publications = next(chat, "publication", 20);
    for (const n of upTo(20)) await server.channel("a").publish(state(n));
    const values = (await publications).map(({ data }) => combination.value(data));
    expect(values).toEqual(upTo(20).map(state));
    expect(chat.deltaStats()).toMatchObject({ numFullPayloads: 1, numDeltaPayloads: 19 });
  },
};
