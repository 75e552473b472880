/** The broker over Redis keeps what every broker has to keep, with a real Redis, and when that goes and comes back. */

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { RedisBrokerSetup } from "@tautline/broker-redis";
import { RedisBroker } from "@tautline/broker-redis";
import type { BrokerEvents, LogPolicy } from "@tautline/hub";
import { ManualClock, planCases } from "@tautline/hub/broker-suite";
import { Hubs } from "./hubs.ts";
import { RedisServer } from "./redis-server.ts";
import { TcpProxy } from "./tcp-proxy.ts";

let shared: RedisServer;

beforeAll(async () => {
  shared = new RedisServer(["--appendonly", "yes", "--appendfsync", "no"]);
  await shared.start();
});

afterAll(() => shared.remove());

function make(server: RedisServer, setup: Partial<RedisBrokerSetup> = {}): RedisBroker {
  const broker = new RedisBroker({
    clock: new ManualClock(),
    randomId: randomUUID,
    redis: { socket: server.socket },
    ...setup,
  });
  onTestFinished(() => broker.stop());
  return broker;
}

/** Settles when it holds; what is waited for comes over sockets, in its own time. */
async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 15_000, interval: 5 }).toBe(true);
}

describe("the Redis broker", () => {
  it.each(planCases())("$title", async ({ play }) => {
    // Hubs reach the shared Redis over a way that can be silent.
    const proxy = new TcpProxy({ path: shared.path });
    await proxy.start();
    onTestFinished(() => proxy.stop());
    const hubs = new Hubs({
      make: (prefix, clock) =>
        make(shared, { prefix, clock, timeoutMs: 2000, redis: { socket: proxy.address } }),
      pass: (ms) => shared.pass(ms),
    });
    await play({
      make: async () => hubs.make(),
      crash: (broker) => hubs.crash(broker),
      pass: (ms) => hubs.pass(ms),
      until,
      // The last renewal may be a while ago in either time.
      memberTtlMs: 70_000,
      engine: {
        keepsLogs: true,
        stop: () => shared.kill(),
        start: () => shared.start(),
        stall: async () => proxy.stall(),
        flow: async () => proxy.flow(),
      },
      equal: (actual, expected) => expect(actual).toEqual(expected),
    });
    // What does not hold was thrown.
    expect(hubs).toBeDefined();
  });
});

const log: LogPolicy = { size: 100, ttlMs: 60_000, metaTtlMs: 120_000 };
const all = { limit: Number.POSITIVE_INFINITY, metaTtlMs: 120_000 };

type Publication = Parameters<RedisBroker["publish"]>[1];

const value = (data: unknown) => ({ data: JSON.stringify(data) }) as Publication;

/** A broker that was started, and what it tells. */
async function start(server: RedisServer, setup: Partial<RedisBrokerSetup> = {}) {
  const broker = make(server, setup);
  const heard: unknown[] = [];
  const events: BrokerEvents = {
    publication: (_, { data }) => heard.push(data),
    join: () => undefined,
    leave: () => undefined,
    resumed: () => heard.push("resumed"),
  };
  await broker.start(events, randomUUID());
  return { broker, heard };
}

describe("names of channels", () => {
  it("are kept apart, whatever they hold", async () => {
    const prefix = randomUUID();
    const { broker } = await start(shared, { prefix });
    const names = ["", "a", "a}", "{a}", "a:log", '"', "\ud800", "\ud801", "ü \n"];
    for (const name of names) await broker.publish(name, value(name), { log });
    for (const name of names) {
      const { publications } = await broker.history(name, all);
      expect(publications.map(({ data }) => data)).toEqual([JSON.stringify(name)]);
    }
  });
});

describe("members", () => {
  it("of a hub that lives stay, those of a hub that has died are gone after a time", async () => {
    const prefix = randomUUID();
    const clock = new ManualClock();
    const alive = await start(shared, { prefix, clock });
    const dead = await start(shared, { prefix });
    await alive.broker.addMember("a", { user: "ann", client: "1" });
    await dead.broker.addMember("a", { user: "ben", client: "2" });
    await dead.broker.stop();
    expect((await alive.broker.members("a")).size).toBe(2);
    for (let turn = 0; turn < 4; turn += 1) {
      await shared.pass(20_000);
      clock.advance(20_000);
    }
    expect([...(await alive.broker.members("a")).keys()]).toEqual(["1"]);
  });
});

describe("while Redis is away", () => {
  it("calls fail at once; when it is back, everything goes on, and hubs are told to look", async () => {
    const server = new RedisServer();
    await server.start();
    onTestFinished(() => server.remove());
    const { broker, heard } = await start(server);
    await broker.subscribe("a");
    await broker.addMember("a", { user: "ann", client: "1" });
    const before = await broker.publish("a", value(1), { log });
    await until(() => heard.length === 1);
    await server.kill();
    await expect(broker.publish("a", value(2), { log })).rejects.toBeInstanceOf(Error);
    await expect(broker.history("a", all)).rejects.toBeInstanceOf(Error);
    await expect(broker.subscribe("b")).rejects.toBeInstanceOf(Error);
    await server.start();
    await until(() => heard.includes("resumed"));
    await expect
      .poll(() => broker.publish("a", value(3), { log }).catch(() => undefined), {
        timeout: 15_000,
      })
      .toBeDefined();
    await until(() => heard.includes("3"));
    // Without a file of its own it came back empty: another epoch says so.
    expect((await broker.history("a", all)).position.epoch).not.toBe(before.position?.epoch);
    await expect.poll(async () => (await broker.members("a")).size, { timeout: 15_000 }).toBe(1);
  });

  it("a broker does not start, and says why", async () => {
    const server = new RedisServer();
    onTestFinished(() => server.remove());
    await expect(start(server)).rejects.toThrow("ENOENT");
  });
});
