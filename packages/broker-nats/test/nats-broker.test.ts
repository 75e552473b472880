/** The broker over NATS keeps what every broker has to keep, with a real NATS server, and when that goes and comes back. */

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NatsBroker } from "@tautline/broker-nats";
import type { LogPolicy } from "@tautline/hub";
import { planCases } from "@tautline/hub/broker-suite";
import { Hubs, silent, until } from "./hubs.ts";
import { NatsServer } from "./nats-server.ts";

let shared: NatsServer;

beforeAll(async () => {
  shared = new NatsServer();
  await shared.start();
});

afterAll(() => shared.remove());

describe("the NATS broker", () => {
  it.each(planCases())("$title", async ({ play }) => {
    const hubs = new Hubs(shared);
    await play(hubs.world((actual, expected) => expect(actual).toEqual(expected)));
    expect(hubs).toBeInstanceOf(Hubs);
  });
});

const log: LogPolicy = { size: 1000, ttlMs: 60_000, metaTtlMs: 120_000 };
const all = { limit: Number.POSITIVE_INFINITY, metaTtlMs: 120_000 };

type Publication = Parameters<NatsBroker["publish"]>[1];

const value = (data: unknown) => ({ data: JSON.stringify(data) }) as Publication;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

/** A broker that was started. */
async function start(hubs: Hubs): Promise<NatsBroker> {
  const broker = await hubs.make();
  await broker.start(silent, randomUUID());
  return broker;
}

async function valuesIn(
  broker: NatsBroker,
  query: Partial<Parameters<NatsBroker["history"]>[1]> = {},
) {
  const { publications } = await broker.history("a", { ...all, ...query });
  return publications.map(({ data }) => JSON.parse(String(data)) as unknown);
}

describe("names of channels", () => {
  it("are kept apart, whatever they hold and however long they are", async () => {
    const broker = await start(new Hubs(shared));
    const long = "ü".repeat(2000);
    const odd = [
      "",
      ".",
      "*",
      ">",
      "a.b",
      "a b",
      "a\r\n",
      "=",
      "=e",
      "=3a",
      ":",
      "\ud800",
      "\ud801",
      "=ud800",
    ];
    const names = [...odd, "a", "A", "ä", "😀", long, `${long}x`];
    for (const name of names) {
      await broker.publish(name, value(name), { log });
      await broker.addMember(name, { user: "", client: name });
    }
    for (const name of names) {
      const { publications } = await broker.history(name, all);
      expect(publications.map(({ data }) => data)).toEqual([JSON.stringify(name)]);
      expect([...(await broker.members(name)).keys()]).toEqual([name]);
    }
  });
});

describe("a log", () => {
  it("of many messages is read in part, at any hub", async () => {
    const hubs = new Hubs(shared);
    const [one, two] = [await start(hubs), await start(hubs)];
    // Each in a message of its own, more than a stream had room for at first.
    for (const n of upTo(100)) await one.publish("a", value(n), { log });
    expect(await valuesIn(two)).toEqual(upTo(100));
    const { position } = await two.history("a", { ...all, limit: 0 });
    const since = { ...position, offset: 40 };
    expect(await valuesIn(two, { since, limit: 3 })).toEqual([41, 42, 43]);
    expect(await valuesIn(two, { since, limit: 3, reverse: true })).toEqual([39, 38, 37]);
    expect(await valuesIn(two, { since: { ...position, offset: 99 } })).toEqual([100]);
    expect(await valuesIn(two, { limit: 1, reverse: true })).toEqual([100]);
  });

  it("gives whoever reads at the same time what they ask for", async () => {
    const broker = await start(new Hubs(shared));
    await Promise.all(upTo(20).map((n) => broker.publish("a", value(n), { log })));
    const pages = await Promise.all(upTo(50).map((limit) => valuesIn(broker, { limit })));
    expect(pages).toEqual(upTo(50).map((limit) => upTo(Math.min(limit, 20))));
  });

  it("that has ended is removed from the stream, but for its position", async () => {
    const hubs = new Hubs(shared);
    const broker = await start(hubs);
    await broker.publish("a", value("x".repeat(5000)), { log: { ...log, ttlMs: 1000 } });
    await broker.publish("a", value("y".repeat(5000)), { log: { ...log, ttlMs: 1000 } });
    const { position } = await broker.history("a", { ...all, limit: 0 });
    await hubs.pass(70_000);
    await until(async () => (await hubs.stored()) < 1000);
    expect(await broker.history("a", all)).toEqual({ publications: [], position });
  });

  it("that is read all the time is put off, without a message for each reading", async () => {
    const hubs = new Hubs(shared);
    const broker = await start(hubs);
    await broker.publish("a", value(1), { log });
    for (const _ of upTo(30)) {
      await hubs.pass(1000);
      expect(await valuesIn(broker)).toEqual([1]);
    }
    await until(async () => (await hubs.messages()) <= 2);
    expect(await hubs.messages()).toBe(2);
  });
});

const once = (key: string) => ({ log, idempotency: { key, ttlMs: 60_000 } });

describe("an idempotency key", () => {
  it("counts for hubs that come at the same time", async () => {
    const hubs = new Hubs(shared);
    const brokers = [await start(hubs), await start(hubs), await start(hubs)];
    for (const n of upTo(10)) {
      const results = await Promise.all(
        brokers.flatMap((broker) => [1, 2].map(() => broker.publish("a", value(n), once(`k${n}`)))),
      );
      expect(results.map(({ position }) => position?.offset)).toEqual(results.map(() => n));
      expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    }
    expect(await valuesIn(brokers[0]!)).toEqual(upTo(10));
  });

  it("has a publication of unknown fate stand in the log once, when it is repeated elsewhere", async () => {
    const hubs = new Hubs(shared);
    const [one, two] = [await start(hubs), await start(hubs)];
    const send = (broker: NatsBroker) =>
      Promise.allSettled(upTo(50).map((n) => broker.publish("a", value(n), once(`k${n}`))));
    const first = send(one);
    hubs.lineOf(one).cut();
    await first;
    const again = await send(two);
    expect(again.filter(({ status }) => status === "rejected")).toEqual([]);
    const kept = await valuesIn(two);
    expect(kept.toSorted((a, b) => Number(a) - Number(b))).toEqual(upTo(50));
  });

  it("counts without a log too", async () => {
    const hubs = new Hubs(shared);
    const [one, two] = [await start(hubs), await start(hubs)];
    const terms = { idempotency: { key: "k", ttlMs: 5000 } };
    const fresh = { position: undefined, duplicate: false };
    expect(await one.publish("a", value(1), terms)).toEqual(fresh);
    expect(await two.publish("a", value(1), terms)).toEqual({ ...fresh, duplicate: true });
    await hubs.pass(6000);
    expect(await two.publish("a", value(1), terms)).toEqual(fresh);
  });
});

describe("members", () => {
  it("of a hub that was silent for too long are entered again", async () => {
    const hubs = new Hubs(shared);
    const [one, two] = [await start(hubs), await start(hubs)];
    await one.addMember("a", { user: "ann", client: "1" });
    await two.addMember("a", { user: "ben", client: "2" });
    // All of the time at once: nobody has come to renew anything.
    hubs.clock.advance(70_000);
    await until(async () => (await one.members("a")).size === 2);
    await until(async () => (await two.members("a")).size === 2);
    await one.removeMember("a", "1");
    expect([...(await two.members("a")).keys()]).toEqual(["2"]);
  });

  it("of a hub that stops are gone at once", async () => {
    const hubs = new Hubs(shared);
    const [one, two] = [await start(hubs), await start(hubs)];
    await one.addMember("a", { user: "ann", client: "1" });
    expect((await two.members("a")).size).toBe(1);
    await one.stop();
    expect((await two.members("a")).size).toBe(0);
  });
});

describe("what is asked for in the wrong way", () => {
  it.each([{ memberTtlMs: 0 }, { timeoutMs: Number.NaN }, { prefix: "a.b" }, { prefix: "" }])(
    "is refused: $memberTtlMs $timeoutMs $prefix",
    async (setup) => {
      await expect(new Hubs(shared).make(setup)).rejects.toThrow(RangeError);
    },
  );

  it("or too large rejects, and does no harm", async () => {
    const broker = await start(new Hubs(shared));
    const large = value("x".repeat(2 * 1_048_576));
    await expect(broker.publish("a", large, { log })).rejects.toBeInstanceOf(Error);
    await broker.publish("a", value(1), { log });
    expect(await valuesIn(broker)).toEqual([1]);
  });
});
