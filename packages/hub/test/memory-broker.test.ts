/** The broker in memory keeps what every broker has to keep, and no more than its limits. */

import { describe, expect, it } from "vitest";
import type { MemoryBrokerLimits } from "@tautline/hub";
import { MemoryBroker, memoryBrokerDefaults } from "@tautline/hub";
import { encodePayload } from "@tautline/wire";
import { brokerSetup } from "./broker-setup.ts";
import { FakeClock } from "./fake-clock.ts";
import { settle } from "./fake-connection.ts";
import { describeBroker } from "./play-broker-suite.ts";

describeBroker(
  "memory",
  () => {
    const clock = new FakeClock();
    return {
      make: async () => new MemoryBroker(brokerSetup(clock)),
      crash: (broker) => broker.stop(),
      memberTtlMs: 0,
      pass: async (ms) => clock.advance(ms),
      until: async (holds) => {
        await settle();
        if (!holds()) throw new Error("It does not hold, and nothing is under way");
      },
    };
  },
  {
    "many hubs": "everything is in the memory of one",
    restarts: "there is no engine but the process",
    silences: "there is no network in between",
  },
);

const log = { size: 1000, ttlMs: 10_000, metaTtlMs: 60_000 };
const all = { limit: Number.POSITIVE_INFINITY, metaTtlMs: 60_000 };

function makeBroker(limits: Partial<MemoryBrokerLimits>) {
  const clock = new FakeClock();
  return { clock, broker: new MemoryBroker({ ...brokerSetup(clock), limits }) };
}

const epochOf = async (broker: MemoryBroker, channel: string): Promise<string> =>
  (await broker.history(channel, { ...all, limit: 0 })).position.epoch;

describe("the limits of the broker in memory", () => {
  it("are finite by default, and at least 1", () => {
    expect(Object.values(memoryBrokerDefaults).every((limit) => Number.isFinite(limit))).toBe(true);
    expect(() => makeBroker({ maxLogs: 0 })).toThrow(RangeError);
    expect(() => makeBroker({ maxLogBytes: Number.NaN })).toThrow(RangeError);
  });

  it("on channels have the one used least recently forgotten, epoch and all", async () => {
    const { broker } = makeBroker({ maxLogs: 2 });
    const [a, b] = [await epochOf(broker, "a"), await epochOf(broker, "b")];
    expect(await epochOf(broker, "a")).toBe(a);
    await broker.publish("c", { data: encodePayload(1) }, { log });
    expect(await epochOf(broker, "a")).toBe(a);
    expect(await epochOf(broker, "b")).not.toBe(b);
  });

  it("on bytes have other channels' logs go first, then a channel's own oldest publications", async () => {
    const { broker } = makeBroker({ maxLogBytes: 10_000 });
    const big = { data: encodePayload("x".repeat(1000)) };
    await broker.publish("a", big, { log });
    const a = await epochOf(broker, "a");
    for (let n = 0; n < 20; n += 1) await broker.publish("b", big, { log });
    const { publications, position } = await broker.history("b", all);
    expect(position.offset).toBe(20);
    expect(publications.map(({ offset }) => offset)).toEqual([17, 18, 19, 20]);
    expect(await epochOf(broker, "a")).not.toBe(a);
  });

  it("on idempotency keys have the oldest forgotten", async () => {
    const { broker } = makeBroker({ maxIdempotencyKeys: 2 });
    const publish = async (key: string): Promise<boolean> => {
      const idempotency = { key, ttlMs: 1000 };
      const result = await broker.publish("a", { data: encodePayload(1) }, { log, idempotency });
      return result.duplicate;
    };
    expect([await publish("1"), await publish("2"), await publish("3")]).toEqual([
      false,
      false,
      false,
    ]);
    expect([await publish("3"), await publish("2"), await publish("1")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("what the broker in memory forgets", () => {
  it("goes by one timer, however many channels there are, and none is left after the last", async () => {
    const { broker, clock } = makeBroker({});
    for (let n = 0; n < 500; n += 1) {
      await broker.publish(`c${n}`, { data: encodePayload(n) }, { log });
      clock.advance(3);
    }
    expect(clock.pending).toBe(1);
    clock.advance(120_000);
    expect(clock.pending).toBe(0);
  });

  it("is nothing of the time after its stop", async () => {
    const { broker, clock } = makeBroker({});
    await broker.publish("a", { data: encodePayload(1) }, { log });
    await broker.stop();
    expect(clock.pending).toBe(0);
  });
});

describe("readers of the same part of a log", () => {
  it("share one list", async () => {
    const { broker } = makeBroker({});
    for (let n = 0; n < 10; n += 1) await broker.publish("a", { data: encodePayload(n) }, { log });
    const since = { offset: 3, epoch: await epochOf(broker, "a") };
    const [one, two] = [
      await broker.history("a", { ...all, since }),
      await broker.history("a", { ...all, since }),
    ];
    expect(one.publications).toHaveLength(7);
    expect(two.publications).toBe(one.publications);
  });
});
