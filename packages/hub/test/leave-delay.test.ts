/** Members whose connections break: for how long they stay, who is taken for whom, and who hears of it. */

import { describe, expect, it } from "vitest";
import type { ChannelOptions } from "@tautline/hub";
import { disconnects } from "@tautline/wire";
import type { FakeConnection } from "./fake-connection.ts";
import { settle } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

const delayMs = 5000;

/** A hub whose clients say who they are and what is seen of them. */
function makeHub(channels: Partial<ChannelOptions> = {}): TestHub {
  const test = new TestHub({
    open: true,
    pingIntervalMs: 0,
    channels: { leaveDelayMs: delayMs, ...channels },
  });
  test.hub.onConnect(({ data }) => {
    const [user = "", info] = String(data).split(" ");
    return { user, info };
  });
  return test;
}

async function enter(test: TestHub, who: string, more: object = {}): Promise<FakeConnection> {
  const connection = test.dial();
  await ask(connection, { id: 1, connect: { data: who } });
  await ask(connection, { id: 2, subscribe: { channel: "a", ...more } });
  return connection;
}

/** Somebody who hears of the others, with what it has heard since it was asked last. */
async function watch(test: TestHub): Promise<() => string[]> {
  const watcher = await enter(test, "watcher", { join_leave: true });
  const news = (): string[] =>
    watcher.take().flatMap(({ push = {} }) => {
      const { join, leave } = push;
      return [
        ...(join === undefined ? [] : [`+${join.info?.user} ${join.info?.client}`]),
        ...(leave === undefined ? [] : [`-${leave.info?.user} ${leave.info?.client}`]),
      ];
    });
  news();
  return news;
}

/** Everybody but the watcher, who is the first. */
async function membersOf(test: TestHub): Promise<string[]> {
  const members = [...(await test.hub.channel("a").presence()).values()];
  return members.slice(1).map(({ user, client }) => `${user} ${client}`);
}

async function pass(test: TestHub, ms: number): Promise<void> {
  test.clock.advance(ms);
  await settle();
}

async function lose(...connections: FakeConnection[]): Promise<void> {
  for (const connection of connections) connection.drop();
  await settle();
}

describe("a user whose connection is lost", () => {
  it("and who is back in time has not been away", async () => {
    const test = makeHub();
    const news = await watch(test);
    const ann = await enter(test, "ann");
    expect(news()).toEqual(["+ann client-2"]);
    await lose(ann);
    expect(await membersOf(test)).toEqual(["ann client-2"]);
    await pass(test, delayMs - 1);
    await enter(test, "ann");
    expect(await membersOf(test)).toEqual(["ann client-3"]);
    await pass(test, 10 * delayMs);
    expect(news()).toEqual([]);
    expect(await membersOf(test)).toEqual(["ann client-3"]);
    expect(test.clock.pending).toBe(0);
  });

  it("flaps as often as it likes, and is heard of once when it goes", async () => {
    const test = makeHub();
    const news = await watch(test);
    for (let round = 0; round < 20; round += 1) {
      await lose(await enter(test, "ann"));
      await pass(test, delayMs - 1);
    }
    expect(news()).toEqual(["+ann client-2"]);
    await pass(test, 1);
    expect(news()).toEqual(["-ann client-21"]);
    expect(await membersOf(test)).toEqual([]);
  });

  it("and who is not back in time has left, and comes again", async () => {
    const test = makeHub();
    const news = await watch(test);
    await lose(await enter(test, "ann"));
    await pass(test, delayMs - 1);
    expect(news()).toEqual(["+ann client-2"]);
    await pass(test, 1);
    expect(news()).toEqual(["-ann client-2"]);
    expect(await membersOf(test)).toEqual([]);
    await enter(test, "ann");
    expect(news()).toEqual(["+ann client-3"]);
  });

  it("is waited for once for each of its connections", async () => {
    const test = makeHub();
    const news = await watch(test);
    const tabs = [await enter(test, "ann"), await enter(test, "ann"), await enter(test, "ann")];
    expect(news()).toHaveLength(3);
    await lose(...tabs.slice(0, 2));
    expect(await test.hub.channel("a").presenceStats()).toEqual({ clients: 4, users: 2 });
    await enter(test, "ann");
    expect(await membersOf(test)).toEqual(["ann client-3", "ann client-4", "ann client-5"]);
    await pass(test, delayMs);
    expect(news()).toEqual(["-ann client-3"]);
    expect(await membersOf(test)).toEqual(["ann client-4", "ann client-5"]);
  });

  it("is not taken for one who looks different, nor for another user, nor in another channel", async () => {
    const test = makeHub();
    const news = await watch(test);
    await lose(await enter(test, "ann red"));
    await enter(test, "ann blue");
    await enter(test, "ben red");
    const other = test.dial();
    await ask(other, { id: 1, connect: { data: "ann red" } });
    await ask(other, { id: 2, subscribe: { channel: "b" } });
    // Never away: the new one comes before the old one goes.
    expect(news()).toEqual(["+ann client-2", "+ann client-3", "+ben client-4"]);
    await pass(test, delayMs);
    expect(news()).toEqual(["-ann client-2"]);
  });

  it("is nobody when nothing is known of it: its leaving is told at once", async () => {
    const test = makeHub();
    const news = await watch(test);
    await lose(await enter(test, ""));
    expect(news()).toEqual(["+ client-2", "- client-2"]);
    expect(await membersOf(test)).toEqual([]);
  });

  it("stays when the hub stops no longer than the hub", async () => {
    const test = makeHub();
    const news = await watch(test);
    await lose(await enter(test, "ann"));
    news();
    await test.hub.shutdown();
    expect(test.clock.pending).toBe(0);
  });
});

describe("who goes for good is not waited for:", () => {
  const ways: { name: string; go: (test: TestHub, ann: FakeConnection) => unknown }[] = [
    {
      name: "who unsubscribes",
      go: (_, ann) => ann.receive({ id: 3, unsubscribe: { channel: "a" } }),
    },
    { name: "who is unsubscribed", go: ({ hub }) => hub.unsubscribe({ user: "ann" }, "a") },
    { name: "who closes the connection", go: (_, ann) => ann.drop(1000) },
    { name: "who closes it without a code", go: (_, ann) => ann.drop(1005) },
    { name: "who is told to stay away", go: ({ hub }) => hub.disconnect({ user: "ann" }) },
  ];
  it.each(ways)("$name", async ({ go }) => {
    const test = makeHub();
    const news = await watch(test);
    const ann = await enter(test, "ann");
    go(test, ann);
    await settle();
    expect(news()).toEqual(["+ann client-2", "-ann client-2"]);
    expect(await membersOf(test)).toEqual([]);
  });

  const others: { name: string; go: (test: TestHub, ann: FakeConnection) => unknown }[] = [
    { name: "a page that is loaded again", go: (_, ann) => ann.drop(1001) },
    {
      name: "who is told to come back",
      go: ({ hub }) => hub.disconnect({ user: "ann" }, disconnects.forceReconnect),
    },
  ];
  it.each(others)("but $name is", async ({ go }) => {
    const test = makeHub();
    const news = await watch(test);
    go(test, await enter(test, "ann"));
    await settle();
    await enter(test, "ann");
    await pass(test, delayMs);
    expect(news()).toEqual(["+ann client-2"]);
  });
});

describe("a channel", () => {
  it("waits for nobody unless it is told to", async () => {
    const test = makeHub({ leaveDelayMs: 0 });
    const news = await watch(test);
    await lose(await enter(test, "ann"));
    expect(news()).toEqual(["+ann client-2", "-ann client-2"]);
  });

  it("without joins and leaves keeps its members as long", async () => {
    const test = makeHub({ joinLeave: false });
    const news = await watch(test);
    await lose(await enter(test, "ann"));
    expect(await membersOf(test)).toEqual(["ann client-2"]);
    await pass(test, delayMs);
    expect(await membersOf(test)).toEqual([]);
    expect(news()).toEqual([]);
  });

  it.each([-1, Number.NaN, 3_600_001])("cannot wait for %d milliseconds", (leaveDelayMs) => {
    expect(() => makeHub({ leaveDelayMs })).toThrow(RangeError);
  });
});
