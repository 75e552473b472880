/** Subscriptions that the server makes: with the connection, and later. */

import { describe, expect, it } from "vitest";
import type { HubOptions, LogPage, LogQuery } from "@tautline/hub";
import { MemoryBroker } from "@tautline/hub";
import { disconnects, encodePayload, replyErrors } from "@tautline/wire";
import { brokerSetup } from "./broker-setup.ts";
import { deferred } from "./deferred.ts";
import type { FakeConnection } from "./fake-connection.ts";
import { settle } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

const recoverable: Partial<HubOptions> = {
  open: true,
  pingIntervalMs: 0,
  channels: { historySize: 100, recovery: "stream" },
};

const connectTo = (connection: FakeConnection, subs: object = {}) =>
  ask(connection, { id: 1, connect: { subs } });

function hubThatSubscribes(broker?: MemoryBroker): TestHub {
  const test = new TestHub(recoverable, broker);
  test.hub.onConnect(() => ({
    user: "ann",
    subscriptions: [{ channel: "a", info: "member", data: "welcome" }, { channel: "b" }],
  }));
  return test;
}

describe("subscriptions with the connection", () => {
  it("stand in the answer, and are live after it", async () => {
    const test = hubThatSubscribes();
    const ann = test.dial();
    const [reply] = await connectTo(ann);
    const subs = reply?.connect?.subs;
    expect([...(subs?.keys() ?? [])]).toEqual(["a", "b"]);
    expect(subs?.get("a")).toMatchObject({ recoverable: true, data: '"welcome"' });
    await test.hub.channel("a").publish(1);
    expect(ann.take()).toEqual([{ push: { channel: "a", pub: { data: "1", offset: 1 } } }]);
    const members = [...(await test.hub.channel("a").presence()).values()];
    expect(members).toMatchObject([{ user: "ann", channelInfo: "member" }]);
  });

  it("recover from where the client says that it was", async () => {
    const test = hubThatSubscribes();
    for (const n of [1, 2, 3]) await test.hub.channel("a").publish(n);
    const { position } = await test.hub.channel("a").history();
    const [reply] = await connectTo(test.dial(), {
      a: { recover: true, epoch: position.epoch, offset: 1 },
      b: { recover: true, epoch: "forged", offset: 7 },
      c: { recover: true, epoch: position.epoch },
    });
    const subs = reply?.connect?.subs;
    expect(subs?.get("a")).toMatchObject({ recovered: true, was_recovering: true, offset: 1 });
    expect(subs?.get("a")?.publications?.map(({ data }) => data)).toEqual(["2", "3"]);
    expect(subs?.get("b")).toMatchObject({ was_recovering: true });
    expect(subs?.get("b")?.recovered).toBeUndefined();
    expect(subs?.has("c")).toBe(false);
  });

  it("send nothing before the answer, whatever is published meanwhile", async () => {
    const gate = deferred();
    class SlowBroker extends MemoryBroker {
      override async history(channel: string, query: LogQuery): Promise<LogPage> {
        const page = await super.history(channel, query);
        if (channel === "b") await gate.promise;
        return page;
      }
    }
    const test = hubThatSubscribes(new SlowBroker(brokerSetup()));
    const ann = test.dial();
    ann.receive({ id: 1, connect: {} });
    await settle();
    await test.hub.channel("a").publish(1);
    await test.hub.channel("b").publish(2);
    expect(ann.take()).toEqual([]);
    expect(test.hub.clients.size).toBe(0);
    gate.resolve();
    await settle();
    const [reply, ...pushes] = ann.take();
    expect(reply?.connect?.subs?.size).toBe(2);
    expect(pushes.map(({ push }) => push?.pub?.data)).toEqual(["1", "2"]);
  });

  it("leave nothing behind when one of them cannot be", async () => {
    const test = new TestHub({ open: true, namespaces: { known: {} } });
    test.hub.onConnect(() => ({
      subscriptions: [{ channel: "a" }, { channel: "unknown:b" }],
    }));
    const ann = test.dial();
    expect(await connectTo(ann)).toEqual([{ id: 1, error: replyErrors.unknownChannel }]);
    expect((await test.hub.channel("a").presence()).size).toBe(0);
  });

  it("leave nothing behind when the client goes before the answer", async () => {
    const broker = new MemoryBroker(brokerSetup());
    const read = broker.history.bind(broker);
    const gate = deferred();
    broker.history = async (channel, query) => {
      await gate.promise;
      return read(channel, query);
    };
    const test = hubThatSubscribes(broker);
    const ann = test.dial();
    ann.receive({ id: 1, connect: {} });
    await settle();
    ann.drop();
    gate.resolve();
    await settle();
    expect(await broker.members("a")).toEqual(new Map());
    expect(await broker.members("b")).toEqual(new Map());
    await test.hub.channel("a").publish(1);
    expect(ann.take()).toEqual([]);
  });
});

describe("a subscription that the server makes later", () => {
  it("is told to the client, without asking a hook, and ends like others", async () => {
    const test = new TestHub({ ...recoverable, open: false });
    test.hub.onConnect(() => undefined);
    const ann = await test.connect();
    const [client] = test.hub.clients.values();
    expect(await client?.subscribe({ channel: "a", data: { x: 1 } })).toBe(true);
    expect(ann.take()).toEqual([
      {
        push: {
          channel: "a",
          subscribe: {
            data: encodePayload({ x: 1 }),
            epoch: expect.any(String),
            positioned: true,
            recoverable: true,
          },
        },
      },
    ]);
    await test.hub.channel("a").publish(1);
    expect(ann.take()).toHaveLength(1);
    await expect(client?.subscribe({ channel: "a" })).rejects.toMatchObject({
      answer: replyErrors.alreadySubscribed,
    });
    client?.unsubscribe("a");
    await settle();
    expect(ann.take()).toEqual([
      { push: { channel: "a", unsubscribe: { code: 2000, reason: "server unsubscribe" } } },
    ]);
  });

  it("gives the newest publication of a cache right after", async () => {
    const test = new TestHub({ open: true, channels: { historySize: 1, recovery: "cache" } });
    await test.hub.channel("a").publish("newest");
    const ann = await test.connect();
    const [client] = test.hub.clients.values();
    await client?.subscribe({ channel: "a" });
    expect(ann.take().map(({ push }) => push?.pub?.data)).toEqual([undefined, '"newest"']);
  });

  it("of a client that is gone comes to nothing", async () => {
    const test = new TestHub(recoverable);
    const ann = await test.connect();
    const [client] = test.hub.clients.values();
    ann.drop();
    expect(await client?.subscribe({ channel: "a" })).toBe(false);
    expect((await test.hub.channel("a").presence()).size).toBe(0);
  });

  it("of a client that goes while it waits comes to nothing as well", async () => {
    const test = new TestHub(recoverable);
    const gate = deferred();
    test.hub.onSubscribe(() => gate.promise);
    const ann = await test.connect();
    const client = test.hub.clients.get("client-1");
    ann.receive({ id: 2, subscribe: { channel: "a" } });
    const [first, second] = ["a", "b"].map((channel) => client?.subscribe({ channel }));
    ann.drop();
    expect(await first).toBe(false);
    expect(await second).toBe(false);
    gate.resolve();
    await settle();
    expect((await test.hub.channel("a").presence()).size).toBe(0);
    expect((await test.hub.channel("b").presence()).size).toBe(0);
  });

  it("needs a name that can be one", async () => {
    const test = new TestHub();
    await test.connect();
    const [client] = test.hub.clients.values();
    expect(() => client?.subscribe({ channel: "" })).toThrow(RangeError);
    expect(() => client?.subscribe({ channel: "a".repeat(256) })).toThrow(RangeError);
    expect(() => client?.subscribe({ channel: "a", data: 1n })).toThrow(TypeError);
  });

  it("that has missed something ends the connection with the code that brings it back", async () => {
    const broker = new MemoryBroker({ ...brokerSetup(), limits: { maxLogs: 1 } });
    const test = new TestHub(recoverable, broker);
    const ann = await test.connect();
    const [client] = test.hub.clients.values();
    await client?.subscribe({ channel: "a" });
    await test.hub.channel("other").publish(1);
    await test.hub.channel("a").publish(1);
    expect(ann.closedWith).toEqual(disconnects.insufficientState);
  });
});
