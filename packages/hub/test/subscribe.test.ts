/** Subscriptions: who may, how they begin and end, and that the moments in between lose and double nothing. */

import { describe, expect, it } from "vitest";
import type { SubscribeAttempt, SubscribeGrant } from "@tautline/hub";
import { MemoryBroker, refuse } from "@tautline/hub";
import { disconnects, replyErrors, unsubscribes } from "@tautline/wire";
import { brokerSetup } from "./broker-setup.ts";
import { deferred } from "./deferred.ts";
import { settle } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

const subscribeTo = (channel: string, id = 2) => ({ id, subscribe: { channel } });
const unsubscribeFrom = (channel: string, id = 3) => ({ id, unsubscribe: { channel } });

const away = () => Promise.reject(new Error("away"));

/** A broker whose calls wait until the test lets them through. */
class SlowBroker extends MemoryBroker {
  readonly calls: string[] = [];
  readonly gates: { open: () => void; fail: (error: Error) => void }[] = [];

  override async subscribe(channel: string): Promise<void> {
    await this.#gate(`subscribe ${channel}`);
    return super.subscribe(channel);
  }

  override async unsubscribe(channel: string): Promise<void> {
    await this.#gate(`unsubscribe ${channel}`);
    return super.unsubscribe(channel);
  }

  /** Lets the oldest waiting call through, or has it fail. */
  async next(error?: Error): Promise<void> {
    const gate = this.gates.shift();
    if (error === undefined) gate?.open();
    else gate?.fail(error);
    await settle();
  }

  #gate(call: string): Promise<void> {
    this.calls.push(call);
    return new Promise((open, fail) => this.gates.push({ open, fail }));
  }
}

describe("the subscribe hook", () => {
  it("sees the attempt, grants what members see and answers the client", async () => {
    const test = new TestHub();
    const attempts: SubscribeAttempt[] = [];
    test.hub.onSubscribe((attempt) => {
      attempts.push(attempt);
      return { info: { role: "admin" }, data: ["welcome"] };
    });
    const ann = await test.connect();
    const command = { id: 2, subscribe: { channel: "a", token: "t", data: 1 } };
    expect(await ask(ann, command)).toEqual([{ id: 2, subscribe: { data: '["welcome"]' } }]);
    expect(attempts).toEqual([{ channel: "a", token: "t", data: 1 }]);
    const members = await test.hub.channel("a").presence();
    expect(members.get("client-1")).toEqual({
      client: "client-1",
      user: "",
      info: undefined,
      channelInfo: { role: "admin" },
    });
  });

  it("decides in a closed hub, whose answer without one is no", async () => {
    const test = new TestHub({});
    test.hub.onConnect(() => undefined);
    const ann = await test.connect();
    const denied = { error: replyErrors.permissionDenied };
    expect(await ask(ann, subscribeTo("a"))).toEqual([{ id: 2, ...denied }]);
    test.hub.onSubscribe(({ channel }) =>
      channel === "a" ? undefined : refuse(replyErrors.permissionDenied),
    );
    expect(await ask(ann, subscribeTo("a", 3))).toEqual([{ id: 3, subscribe: {} }]);
    expect(await ask(ann, subscribeTo("b", 4))).toEqual([{ id: 4, ...denied }]);
  });

  it("that fails leaves nothing behind", async () => {
    const test = new TestHub();
    const results: SubscribeGrant[] = [{ data: 1n }, {}];
    test.hub.onSubscribe(({ token }) => {
      if (token === "broken") throw new Error("no database");
      return results.shift();
    });
    const ann = await test.connect();
    const broken = { id: 2, subscribe: { channel: "a", token: "broken" } };
    expect(await ask(ann, broken)).toEqual([{ id: 2, error: replyErrors.internal }]);
    expect(await ask(ann, subscribeTo("a", 3))).toEqual([{ id: 3, error: replyErrors.internal }]);
    expect((await test.hub.channel("a").presence()).size).toBe(0);
    expect(await ask(ann, subscribeTo("a", 4))).toEqual([{ id: 4, subscribe: {} }]);
  });
});

describe("a second subscription", () => {
  it("to the same channel is an error, while the first begins too", async () => {
    const test = new TestHub();
    const ann = await test.connect();
    const again = { error: replyErrors.alreadySubscribed };
    expect(await ask(ann, subscribeTo("a"), subscribeTo("a", 3))).toEqual([
      { id: 2, subscribe: {} },
      { id: 3, ...again },
    ]);
    expect(await ask(ann, subscribeTo("a", 4))).toEqual([{ id: 4, ...again }]);
  });
});

describe("an unsubscription", () => {
  it("ends the deliveries before it is answered", async () => {
    const test = new TestHub();
    const ann = await test.connect("a");
    expect(await ask(ann, unsubscribeFrom("a"))).toEqual([{ id: 3, unsubscribe: {} }]);
    await test.hub.channel("a").publish(1);
    expect(ann.take()).toEqual([]);
    expect(await ask(ann, subscribeTo("a", 4))).toEqual([{ id: 4, subscribe: {} }]);
  });

  it("from a channel without a subscription succeeds", async () => {
    const test = new TestHub();
    const ann = await test.connect();
    expect(await ask(ann, unsubscribeFrom("a"))).toEqual([{ id: 3, unsubscribe: {} }]);
  });

  it("waits for the subscription that is beginning", async () => {
    const test = new TestHub();
    const decision = deferred<SubscribeGrant>();
    test.hub.onSubscribe(() => decision.promise);
    const ann = await test.connect();
    expect(await ask(ann, subscribeTo("a"), unsubscribeFrom("a"))).toEqual([]);
    decision.resolve({});
    await settle();
    expect(ann.take()).toEqual([
      { id: 2, subscribe: {} },
      { id: 3, unsubscribe: {} },
    ]);
    expect((await test.hub.channel("a").presence()).size).toBe(0);
  });

  it("by the subscribe hook itself waits as well", async () => {
    const test = new TestHub();
    test.hub.onSubscribe(({ channel }, client) => client.unsubscribe(channel));
    const ann = await test.connect();
    expect(await ask(ann, subscribeTo("a"), subscribeTo("a", 3))).toEqual([
      { id: 2, subscribe: {} },
      { push: { channel: "a", unsubscribe: unsubscribes.server } },
      { id: 3, subscribe: {} },
      { push: { channel: "a", unsubscribe: unsubscribes.server } },
    ]);
    expect((await test.hub.channel("a").presence()).size).toBe(0);
  });

  it("by the server tells the client why", async () => {
    const test = new TestHub();
    const ann = await test.connect("a", "b");
    const client = test.hub.clients.get("client-1");
    client?.unsubscribe("a");
    client?.unsubscribe("b", { code: 2600, reason: "moved" });
    client?.unsubscribe("c");
    await settle();
    expect(ann.take()).toEqual([
      { push: { channel: "a", unsubscribe: unsubscribes.server } },
      { push: { channel: "b", unsubscribe: { code: 2600, reason: "moved" } } },
    ]);
    expect(client?.channels).toEqual([]);
  });
});

describe("a subscription that begins while things are published", () => {
  it("gets all that is published after its answer, and nothing before or twice", async () => {
    const broker = new SlowBroker(brokerSetup());
    const test = new TestHub({ open: true }, broker);
    const ann = await test.connect();
    ann.receive(subscribeTo("a"));
    await settle();
    const channel = test.hub.channel("a");
    await channel.publish("before");
    await broker.next();
    await channel.publish("after 1");
    await channel.publish("after 2");
    expect(ann.take()).toEqual([
      { id: 2, subscribe: {} },
      { push: { channel: "a", pub: { data: '"after 1"' } } },
      { push: { channel: "a", pub: { data: '"after 2"' } } },
    ]);
  });

  it("ends with its client, whatever it was waiting for", async () => {
    const broker = new SlowBroker(brokerSetup());
    const test = new TestHub({ open: true }, broker);
    const ann = await test.connect();
    ann.receive(subscribeTo("a"));
    await settle();
    ann.drop();
    await broker.next();
    expect(await broker.members("a")).toEqual(new Map());
    expect(broker.calls).toEqual(["subscribe a", "unsubscribe a"]);
    expect(ann.take()).toEqual([]);
  });
});

describe("the broker", () => {
  it("is asked once for many subscribers, and again only after the last has gone", async () => {
    const broker = new SlowBroker(brokerSetup());
    const test = new TestHub({ open: true }, broker);
    const [ann, ben] = [await test.connect(), await test.connect()];
    ann.receive(subscribeTo("a"));
    ben.receive(subscribeTo("a"));
    await settle();
    expect(broker.calls).toEqual(["subscribe a"]);
    await broker.next();
    expect([ann.take(), ben.take()]).toEqual([
      [{ id: 2, subscribe: {} }],
      [{ id: 2, subscribe: {} }],
    ]);
    await ask(ann, unsubscribeFrom("a"));
    expect(broker.calls).toEqual(["subscribe a"]);
    await ask(ben, unsubscribeFrom("a"));
    expect(broker.calls).toEqual(["subscribe a", "unsubscribe a"]);
    // Interest comes back while the end is under way: the new beginning follows it.
    ann.receive(subscribeTo("a", 5));
    await settle();
    expect(broker.calls).toEqual(["subscribe a", "unsubscribe a"]);
    await broker.next();
    expect(broker.calls).toEqual(["subscribe a", "unsubscribe a", "subscribe a"]);
    await broker.next();
    await test.hub.channel("a").publish(1);
    expect(ann.take().at(-1)).toEqual({ push: { channel: "a", pub: { data: "1" } } });
  });

  it("that fails makes a temporary error of it, for all who wait, and is asked anew", async () => {
    const broker = new SlowBroker(brokerSetup());
    const test = new TestHub({ open: true }, broker);
    const [ann, ben] = [await test.connect(), await test.connect()];
    ann.receive(subscribeTo("a"));
    ben.receive(subscribeTo("a"));
    await settle();
    await broker.next(new Error("away"));
    const failed = [{ id: 2, error: replyErrors.internal }];
    expect([ann.take(), ben.take()]).toEqual([failed, failed]);
    ann.receive(subscribeTo("a", 3));
    await settle();
    await broker.next();
    expect(ann.take()).toEqual([{ id: 3, subscribe: {} }]);
    await ask(ann, unsubscribeFrom("a", 4));
    await broker.next(new Error("away"));
    expect(test.logged("warn")).toEqual(["unsubscribing failed"]);
  });

  it("that fails to note a member leaves no half subscription", async () => {
    const broker = new MemoryBroker(brokerSetup());
    const test = new TestHub({ open: true }, broker);
    const ann = await test.connect();
    broker.addMember = away;
    expect(await ask(ann, subscribeTo("a"))).toEqual([{ id: 2, error: replyErrors.internal }]);
    broker.addMember = async () => undefined;
    broker.removeMember = away;
    broker.announceJoin = away;
    expect(await ask(ann, subscribeTo("a", 3), unsubscribeFrom("a", 4))).toEqual([
      { id: 3, subscribe: {} },
      { id: 4, unsubscribe: {} },
    ]);
    expect(test.logged("error").filter((line) => line.startsWith("the broker"))).toHaveLength(2);
  });

  it("that fails to publish makes a temporary error of it", async () => {
    const broker = new MemoryBroker(brokerSetup());
    broker.publish = () => Promise.reject(new Error("away"));
    const test = new TestHub({ open: true }, broker);
    const ann = await test.connect();
    expect(await ask(ann, { id: 2, publish: { channel: "a", data: 1 } })).toEqual([
      { id: 2, error: replyErrors.internal },
    ]);
  });

  it("that does not start says so", async () => {
    const broker = new MemoryBroker(brokerSetup());
    broker.start = () => Promise.reject(new Error("away"));
    const test = new TestHub({ open: true }, broker);
    await expect(test.hub.ready).rejects.toThrow("away");
    expect(test.logged("error")).toEqual(["the broker did not start"]);
  });
});

describe("the answer to a subscription", () => {
  it("that finds the client too slow takes the subscription back", async () => {
    const test = new TestHub();
    const ann = await test.connect();
    ann.bufferedBytes = 2 ** 21;
    await ask(ann, subscribeTo("a"));
    expect(ann.closedWith).toEqual(disconnects.slow);
    expect((await test.hub.channel("a").presence()).size).toBe(0);
  });
});
