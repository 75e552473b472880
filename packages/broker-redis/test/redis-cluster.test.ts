/** The broker over a cluster keeps what every broker has to keep, and goes on when a primary is replaced. */

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { RedisBroker } from "@tautline/broker-redis";
import { planCases } from "@tautline/hub/broker-suite";
import { Hubs } from "./hubs.ts";
import { RedisCluster } from "./redis-cluster.ts";

let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await RedisCluster.start();
}, 60_000);

afterAll(() => cluster.remove());

function meetingHubs(): Hubs {
  const address = `redis+cluster://${cluster.ports.map((port) => `127.0.0.1:${port}`).join(",")}`;
  return new Hubs({
    make(prefix, clock) {
      const randomId = randomUUID;
      const broker = new RedisBroker({ clock, randomId, prefix, timeoutMs: 3000, address });
      onTestFinished(() => broker.stop());
      return broker;
    },
    pass: (ms) => cluster.pass(ms),
  });
}

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 30_000, interval: 5 }).toBe(true);
}

const lacking = { silences: "nodes name each other by addresses, which leave no room for a proxy" };

describe("the Redis broker over a cluster", () => {
  it.each(planCases(lacking))("$title", { timeout: 90_000 }, async ({ reason, play }) => {
    const hubs = meetingHubs();
    const outcome = play({
      make: async () => hubs.make(),
      crash: (broker) => hubs.crash(broker),
      pass: (ms) => hubs.pass(ms),
      until,
      // The last renewal may be a while ago in either time.
      memberTtlMs: 70_000,
      engine: {
        keepsLogs: true,
        stop: () => cluster.kill(),
        start: () => cluster.start(),
        stall: () => Promise.reject(new Error("There is no way to be silent on")),
        flow: () => Promise.resolve(),
      },
      equal: (actual, expected) => expect(actual).toEqual(expected),
    }).then(
      () => "kept",
      (error: unknown) => (reason === undefined ? error : "not kept"),
    );
    expect(await outcome).toBe(reason === undefined ? "kept" : "not kept");
  });

  it("goes on, with the same logs, when a primary has died and its replica takes over", async () => {
    const hubs = meetingHubs();
    const broker = hubs.make();
    const heard: unknown[] = [];
    await broker.start(
      {
        publication: (_, { data }) => heard.push(data),
        join: () => undefined,
        leave: () => undefined,
      },
      "node",
    );
    const log = { size: 100, ttlMs: 60_000, metaTtlMs: 120_000 };
    const names = Array.from({ length: 12 }, (_, n) => `channel ${n}`);
    const publish = async (name: string, data: string) =>
      broker.publish(name, { data: Buffer.from(data) }, { log });
    for (const name of names) await broker.subscribe(name);
    const before = await Promise.all(names.map((name) => publish(name, "1")));
    await cluster.first.command("WAIT", "1", "5000");
    await cluster.first.kill();
    const after = await Promise.all(
      names.map(async (name) => {
        let position: unknown;
        await expect
          .poll(
            async () => {
              ({ position } = await publish(name, "2").catch(() => ({ position })));
              return position;
            },
            { timeout: 60_000, interval: 100 },
          )
          .toBeDefined();
        return position;
      }),
    );
    expect(after).toMatchObject(before.map(({ position }) => ({ epoch: position?.epoch })));
    await until(() => heard.length >= 2 * names.length);
  }, 90_000);
});
