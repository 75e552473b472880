/** Members who are lost at one hub and back at another: nobody hears of it, and each who is missed is stood in for once. */

import { beforeEach, describe, expect, it } from "vitest";
import type { FakeConnection } from "../fake-connection.ts";
import { settle } from "../fake-connection.ts";
import { ask, TestHub } from "../test-hub.ts";
import { MeetingPoint } from "./meeting-point.ts";

const delayMs = 5000;

let point: MeetingPoint;
let ids = 0;

/** A hub whose clients say who they are and what is seen of them. Its broker in memory has its own members. */
async function start(): Promise<TestHub> {
  const test = new TestHub(
    { open: true, pingIntervalMs: 0, channels: { leaveDelayMs: delayMs } },
    point.makeBroker(),
    { randomId: () => `id-${(ids += 1)}` },
  );
  test.hub.onConnect(({ data }) => {
    const [user = "", info] = String(data).split(" ");
    return { user, info };
  });
  await test.hub.ready;
  await turns();
  return test;
}

/** A few messages there and back. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await settle();
}

async function enter(test: TestHub, who: string, more: object = {}): Promise<FakeConnection> {
  const connection = test.dial();
  await ask(connection, { id: 1, connect: { data: who } });
  await ask(connection, { id: 2, subscribe: { channel: "a", ...more } });
  await turns();
  return connection;
}

/** Somebody at this hub who hears what is told of there, with what it has heard since it was asked last. */
async function watch(test: TestHub): Promise<() => string[]> {
  const watcher = await enter(test, "watcher", { join_leave: true });
  const news = (): string[] =>
    watcher
      .take()
      .flatMap(({ push: { join, leave } = {} }) => [
        ...(join === undefined ? [] : [`+${join.info?.user}`]),
        ...(leave === undefined ? [] : [`-${leave.info?.user}`]),
      ]);
  news();
  return news;
}

async function lose(...connections: FakeConnection[]): Promise<void> {
  for (const connection of connections) connection.drop();
  await turns();
}

async function membersOf({ hub }: TestHub): Promise<string[]> {
  return [...(await hub.channel("a").presence()).values()].map(({ user }) => user).toSorted();
}

beforeEach(() => {
  point = new MeetingPoint();
});

describe("a user who is lost at one hub", () => {
  it("and back at another in time has not been away", async () => {
    const [one, two] = [await start(), await start()];
    const [here, there] = [await watch(one), await watch(two)];
    await lose(await enter(one, "ann"));
    expect(here()).toEqual(["+ann"]);
    await enter(two, "ann");
    expect(await membersOf(one)).toEqual(["watcher"]);
    expect(await membersOf(two)).toEqual(["ann", "watcher"]);
    for (const { clock } of [one, two]) clock.advance(2 * delayMs);
    await turns();
    expect([...here(), ...there()]).toEqual([]);
  });

  it("goes from hub to hub as often as it likes, and is heard of once when it goes", async () => {
    const [one, two] = [await start(), await start()];
    const [here, there] = [await watch(one), await watch(two)];
    for (let round = 0; round < 4; round += 1) {
      await lose(await enter(one, "ann"));
      await lose(await enter(two, "ann"));
    }
    expect([here(), there()]).toEqual([["+ann"], []]);
    for (const { clock } of [one, two]) clock.advance(delayMs);
    await turns();
    expect([here(), there()]).toEqual([[], ["-ann"]]);
  });

  it("and not back in time has left, and comes again", async () => {
    const [one, two] = [await start(), await start()];
    const [here, there] = [await watch(one), await watch(two)];
    await lose(await enter(one, "ann"));
    for (const { clock } of [one, two]) clock.advance(delayMs);
    await turns();
    await enter(two, "ann");
    expect([here(), there()]).toEqual([["+ann", "-ann"], ["+ann"]]);
  });

  it("is stood in for by one of those who come elsewhere, wherever", async () => {
    const all = [await start(), await start(), await start()] as const;
    const [one, two, three] = all;
    const news = [await watch(one), await watch(two), await watch(three)];
    await lose(await enter(one, "ann"));
    await Promise.all([enter(two, "ann"), enter(three, "ann")]);
    for (const { clock } of all) clock.advance(2 * delayMs);
    await turns();
    // One of the two has come besides.
    expect(news.flatMap((heard) => heard())).toEqual(["+ann", "+ann"]);
    expect(await membersOf(one)).toEqual(["watcher"]);
  });

  it("is another one when it looks different, and who is nobody is not waited for", async () => {
    const [one, two] = [await start(), await start()];
    const [here, there] = [await watch(one), await watch(two)];
    await lose(await enter(one, "ann red"), await enter(one, ""));
    await enter(two, "ann blue");
    await enter(two, "");
    expect(here()).toEqual(["+ann", "+", "-"]);
    expect(there()).toEqual(["+ann", "+"]);
  });

  it("comes again when the hub that misses it has ended, or says nothing", async () => {
    const [one, two, three] = [await start(), await start(), await start()];
    const there = await watch(two);
    await lose(await enter(one, "ann"), await enter(three, "ben"));
    await one.hub.shutdown();
    await turns();
    await enter(two, "ann");
    expect(there()).toEqual(["+ann"]);
    point.deafen(three.hub.node);
    const ben = await enter(two, "ben");
    expect(there()).toEqual([]);
    // What is told of it waits, and is told in order.
    ben.drop(1000);
    await turns();
    two.clock.advance(2000);
    await turns();
    expect(there()).toEqual(["+ben", "-ben"]);
  });

  it("comes again when the others cannot be asked", async () => {
    const [one, two] = [await start(), await start()];
    const there = await watch(two);
    await lose(await enter(one, "ann"));
    point.failure = new Error("away");
    await enter(two, "ann");
    expect(there()).toEqual(["+ann"]);
    expect(two.logged("warn")).toContain(
      "another hub could not be asked for a member that it misses",
    );
  });
});
