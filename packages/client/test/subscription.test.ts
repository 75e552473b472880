/** Subscriptions: their states, what they hear, and how they come through reconnects. */

import type { Client, Publication, Subscription, SubscriptionChange } from "@tautline/client";
import { reasons } from "@tautline/client";
import { encodePayload } from "@tautline/wire";
import { beforeEach, describe, expect, test } from "vitest";
import { settle } from "./fake-environment.ts";
import { World } from "./world.ts";

let world: World;
let client: Client;

beforeEach(async () => {
  world = new World();
  client = await world.connected();
});

interface Heard {
  readonly data: unknown[];
  readonly changes: SubscriptionChange[];
}

function hear(subscription: Subscription<unknown>): Heard {
  const heard: Heard = { data: [], changes: [] };
  subscription.onPublication(({ data }) => heard.data.push(data));
  subscription.onStateChange((change) => heard.changes.push(change));
  return heard;
}

async function subscribed(channel: string): Promise<Subscription<unknown>> {
  const subscription = client.subscribe(channel);
  await world.environment.advance(5);
  expect(subscription.state).toBe("subscribed");
  return subscription;
}

const push = (channel: string, code: number): void =>
  world.server.socket.reply({ push: { channel, unsubscribe: { code, reason: "said so" } } });

describe("a subscription", () => {
  test("is subscribing until the server accepts, and hears what is published then", async () => {
    const chat = client.subscribe("chat", { data: { since: 3 }, joinLeave: true });
    const heard = hear(chat);
    expect(chat.state).toBe("subscribing");
    const ready = chat.ready();
    await world.environment.advance(5);
    await ready;
    world.server.publish("chat", { text: "hi" });
    expect(heard.data).toEqual([{ text: "hi" }]);
    expect(heard.changes).toMatchObject([
      { state: "subscribed", previous: "subscribing", ...reasons.subscribed },
    ]);
    expect(world.server.requests("subscribe")).toEqual([
      {
        id: 2,
        subscribe: { channel: "chat", data: '{"since":3}', join_leave: true, recoverable: true },
      },
    ]);
  });

  test("hears a publication that stands behind the acceptance in the same frame", async () => {
    world.server.ignored.add("chat");
    const chat = client.subscribe("chat");
    const heard = hear(chat);
    expect(chat.data).toBeUndefined();
    await settle();
    world.server.socket.reply(
      { id: 2, subscribe: { data: encodePayload("welcome") } },
      { push: { channel: "chat", pub: { data: encodePayload("first") } } },
    );
    expect(heard.data).toEqual(["first"]);
    expect(chat.data).toBe("welcome");
  });

  test("shows who published, where in the log, when, and with which tags", async () => {
    const chat = await subscribed("chat");
    const publications: Publication<unknown>[] = [];
    chat.onPublication((publication) => publications.push(publication));
    world.server.socket.reply({
      push: {
        channel: "chat",
        pub: {
          data: encodePayload(1),
          info: { client: "a", user: "ann", chan_info: encodePayload("admin") },
          offset: 7,
          time: 1_700_000_000_000,
          tags: new Map([["kind", "news"]]),
        },
      },
    });
    expect(publications).toEqual([
      {
        channel: "chat",
        data: 1,
        publisher: { client: "a", user: "ann", info: undefined, channelInfo: "admin" },
        offset: 7,
        time: 1_700_000_000_000,
        tags: new Map([["kind", "news"]]),
      },
    ]);
  });

  test("is sent when the client connects, if it was made before", async () => {
    void client.disconnect();
    const chat = client.subscribe("chat");
    await world.environment.advance(100);
    expect(chat.state).toBe("subscribing");
    void client.connect();
    await world.environment.advance(20);
    expect(chat.state).toBe("subscribed");
  });

  test("has calls of its own", async () => {
    const chat = await subscribed("chat");
    const calls = Promise.all([chat.publish("hi"), chat.presence(), chat.presenceStats()]);
    await world.environment.advance(5);
    expect(await calls).toEqual([undefined, [], { clients: 3, users: 2 }]);
  });

  test("is one for each channel, and can be found", async () => {
    const chat = client.subscribe("chat");
    expect(client.subscription("chat")).toBe(chat);
    expect(() => client.subscribe("chat")).toThrow(
      expect.objectContaining({ code: "already-subscribed" }),
    );
    expect(() => client.subscribe("")).toThrow(expect.objectContaining({ code: "bad-option" }));
    expect(client.subscription("news")).toBeUndefined();
  });

  test("pushes for other channels are not its business", async () => {
    const heard = hear(await subscribed("chat"));
    world.server.socket.reply({ push: { channel: "news", pub: { data: encodePayload(1) } } });
    expect(heard.data).toEqual([]);
  });
});

describe("through reconnects", () => {
  test("all subscriptions are made again, before calls that waited", async () => {
    const chat = await subscribed("chat");
    const news = await subscribed("news");
    const heard = hear(chat);
    world.server.socket.end(3001, "shutdown");
    expect([chat.state, news.state]).toEqual(["subscribing", "subscribing"]);
    expect(heard.changes).toMatchObject([
      { state: "subscribing", previous: "subscribed", code: 3001, reason: "shutdown" },
    ]);
    const call = client.publish("chat", "waited");
    await world.environment.advance(1000);
    await call;
    expect([chat.state, news.state]).toEqual(["subscribed", "subscribed"]);
    const methods = world.server.socket.commands.map((command) => Object.keys(command)[1]);
    expect(methods).toEqual(["connect", "subscribe", "subscribe", "publish"]);
    world.server.publish("chat", "back");
    expect(heard.data).toEqual(["back"]);
  });

  test("a subscribe command under way when the connection broke is sent again", async () => {
    world.server.ignored.add("chat");
    const chat = client.subscribe("chat");
    await settle();
    world.server.socket.end(1006);
    world.server.ignored.clear();
    await world.environment.advance(1000);
    expect(chat.state).toBe("subscribed");
  });

  test("disconnect and connect again keep them", async () => {
    const chat = await subscribed("chat");
    const heard = hear(chat);
    void client.disconnect();
    expect(heard.changes).toMatchObject([{ state: "subscribing", ...reasons.clientDisconnected }]);
    void client.connect();
    await world.environment.advance(20);
    expect(chat.state).toBe("subscribed");
  });
});

describe("the server's word", () => {
  test("a refusal for good ends the subscription and frees its channel", async () => {
    world.server.refusals.set("chat", { code: 103, message: "permission denied" });
    const chat = client.subscribe("chat");
    const heard = hear(chat);
    const ready = chat.ready().catch((error: unknown) => error);
    await world.environment.advance(5);
    expect(await ready).toMatchObject({ code: "unsubscribed" });
    expect(heard.changes).toMatchObject([
      { state: "unsubscribed", previous: "subscribing", code: 103, reason: "permission denied" },
    ]);
    expect(client.subscription("chat")).toBeUndefined();
    await expect(chat.publish(1)).rejects.toMatchObject({ code: "unsubscribed" });
    await world.environment.advance(60_000);
    expect(world.server.requests("subscribe")).toHaveLength(1);
    expect((await subscribed("chat")).state).toBe("subscribed");
  });

  test("a temporary refusal is tried again after a delay", async () => {
    world.server.refusals.set("chat", { code: 100, message: "internal", temporary: true });
    const chat = client.subscribe("chat");
    await world.environment.advance(200);
    expect(chat.state).toBe("subscribing");
    expect(world.server.requests("subscribe")).toHaveLength(1);
    await world.environment.advance(100);
    expect(chat.state).toBe("subscribed");
  });

  test("no answer is a reason for a new connection: the server may think anything", async () => {
    world.server.ignored.add("chat");
    const chat = client.subscribe("chat");
    await world.environment.advance(9999);
    world.server.ignored.clear();
    await world.environment.advance(1);
    expect(client.status).toMatchObject({ state: "connecting", ...reasons.subscribeTimeout });
    await world.environment.advance(1000);
    expect(chat.state).toBe("subscribed");
    expect(world.server.living).toHaveLength(1);
  });

  test.each([2000, 2100, 2499])("an unsubscribe push with %d ends it", async (code) => {
    const chat = await subscribed("chat");
    const heard = hear(chat);
    push("chat", code);
    expect(heard.changes).toMatchObject([{ state: "unsubscribed", code, reason: "said so" }]);
    expect(client.subscription("chat")).toBeUndefined();
  });

  test.each([2500, 2501, 2600, 2999])(
    "after an unsubscribe push with %d it subscribes again",
    async (code) => {
      const chat = await subscribed("chat");
      const heard = hear(chat);
      push("chat", code);
      expect(heard.changes).toMatchObject([{ state: "subscribing", code, reason: "said so" }]);
      await world.environment.advance(300);
      expect(chat.state).toBe("subscribed");
      expect(world.server.requests("subscribe")).toHaveLength(2);
    },
  );

  test("a server that ends it again and again is asked less and less often", async () => {
    const chat = await subscribed("chat");
    for (let at = 0; at < 6; at += 1) {
      push("chat", 2500);
      await world.environment.advance(250 * 2 ** at + 2);
      expect(chat.state).toBe("subscribed");
    }
    expect(world.server.requests("subscribe")).toHaveLength(7);
  });
});

describe("unsubscribing", () => {
  test("tells the server, hears nothing any more, and frees the channel", async () => {
    const chat = await subscribed("chat");
    const heard = hear(chat);
    const done = chat.unsubscribe();
    expect(heard.changes).toMatchObject([{ state: "unsubscribed", ...reasons.unsubscribeCalled }]);
    world.server.publish("chat", "late");
    await world.environment.advance(5);
    await done;
    expect(heard.data).toEqual([]);
    expect(world.server.socket.subscribed.size).toBe(0);
    await chat.unsubscribe();
    expect(world.server.requests("unsubscribe")).toHaveLength(1);
  });

  test("and subscribing again in a listener leaves the new subscription alive", async () => {
    const chat = await subscribed("chat");
    let again: Subscription<unknown> | undefined;
    chat.onStateChange(() => {
      again = client.subscribe("chat");
    });
    void chat.unsubscribe();
    await world.environment.advance(5);
    expect(again?.state).toBe("subscribed");
    expect(world.server.socket.subscribed).toEqual(new Set(["chat"]));
  });

  test("what was under way for the old subscription does not reach the new one", async () => {
    const chat = await subscribed("chat");
    void chat.unsubscribe();
    const again = client.subscribe("chat");
    const heard = hear(again);
    world.server.publish("chat", "for the old one");
    push("chat", 2000);
    expect(again.state).toBe("subscribing");
    await world.environment.advance(5);
    world.server.publish("chat", "for the new one");
    expect(heard.data).toEqual(["for the new one"]);
  });

  test("before the server has accepted leaves no question open", async () => {
    world.server.ignored.add("chat");
    const chat = client.subscribe("chat");
    await settle();
    const done = chat.unsubscribe();
    await world.environment.advance(60_000);
    await done;
    expect(world.server.requests("unsubscribe")).toHaveLength(1);
    expect(world.server.sockets).toHaveLength(1);
    expect(client.state).toBe("connected");
  });

  test("needs no server when there is none", async () => {
    world.server.mood = "refusing";
    world.server.socket.end(1006);
    const chat = client.subscribe("chat");
    await chat.unsubscribe();
    expect(chat.state).toBe("unsubscribed");
    expect(world.server.requests("unsubscribe")).toEqual([]);
  });

  test("a server that does not confirm is left for a new connection", async () => {
    const chat = await subscribed("chat");
    world.server.ignored.add("unsubscribe");
    const done = chat.unsubscribe({ timeoutMs: 100 }).catch((error: unknown) => error);
    await world.environment.advance(100);
    expect(await done).toMatchObject({ code: "timeout" });
    expect(client.state).toBe("connected");
    await world.environment.advance(9900);
    expect(client.status).toMatchObject({ state: "connecting", ...reasons.unsubscribeFailed });
    await world.environment.advance(1000);
    expect(client.state).toBe("connected");
    expect(world.server.socket.subscribed.size).toBe(0);
  });
});
