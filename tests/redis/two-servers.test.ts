/** Two servers that are one over a real Redis, with the official client at each: also when Redis is away for a while. */

import { randomUUID } from "node:crypto";
import { RedisBroker } from "@tautline/broker-redis";
import { serve } from "tautline";
import type { TautlineServer } from "tautline";
import { expect, onTestFinished, test } from "vitest";
import { RedisServer } from "../../packages/broker-redis/test/redis-server.ts";
import { eventually, follow, upTo } from "../centrifuge/follower.ts";
import { realClock } from "./real-clock.ts";

async function startRedis(): Promise<RedisServer> {
  const redis = new RedisServer(["--appendonly", "yes", "--appendfsync", "always"]);
  onTestFinished(() => redis.remove());
  await redis.start();
  return redis;
}

async function startServer(redis: RedisServer): Promise<TautlineServer> {
  const server = await serve({
    port: 0,
    page: false,
    broker: new RedisBroker({
      clock: realClock,
      randomId: randomUUID,
      redis: { socket: redis.socket },
    }),
    hub: { channels: { historySize: 10_000, recovery: "stream" } },
    drainTimeoutMs: 1000,
  });
  onTestFinished(() => server.close());
  return server;
}

/** Tries until it is taken: what was refused for now may be there all the same, hence the key. */
async function publishAtLast(server: TautlineServer, value: number): Promise<void> {
  const publish = () =>
    server
      .channel("a")
      .publish(value, { idempotencyKey: String(value) })
      .then(
        () => true,
        () => false,
      );
  await expect.poll(publish, { timeout: 15_000, interval: 5 }).toBe(true);
}

test("a client that goes on at another server misses nothing, and members are those of both", async () => {
  const redis = await startRedis();
  const [one, two] = [await startServer(redis), await startServer(redis)];
  const follower = await follow(one);
  for (const n of upTo(100)) await two.channel("a").publish(n);
  await eventually(() => follower.values.length, 100);
  const { position } = await one.channel("a").history();
  const other = await follow(two, { ...position, offset: 60 });
  await eventually(() => other.values, upTo(100).slice(60));
  expect(other.recoveries).toEqual([true]);
  const { clients } = await follower.subscription.presence();
  expect(Object.keys(clients)).toHaveLength(2);
});

test("what is published while a server cannot hear Redis is recovered, by itself", async () => {
  const redis = await startRedis();
  const [one, two] = [await startServer(redis), await startServer(redis)];
  const follower = await follow(one);
  await two.channel("a").publish(1);
  await eventually(() => follower.values, [1]);
  // The lines on which servers hear are cut, and a publication follows before they are back.
  await Promise.all([redis.cutSubscribers(), publishAtLast(two, 2)]);
  await eventually(() => follower.values, [1, 2]);
  await publishAtLast(two, 3);
  await eventually(() => follower.values, [1, 2, 3]);
  expect(follower.recoveries).not.toContain(false);
});

test("while Redis is away clients stay connected and publications are refused for now; then all goes on", async () => {
  const redis = await startRedis();
  const [one, two] = [await startServer(redis), await startServer(redis)];
  const follower = await follow(one);
  const publisher = await follow(two);
  for (const n of upTo(50)) await publisher.subscription.publish(n);
  await eventually(() => follower.values.length, 50);
  await redis.kill();
  await expect(publisher.subscription.publish("lost")).rejects.toMatchObject({ code: 100 });
  expect([follower.client.state, publisher.client.state]).toEqual(["connected", "connected"]);
  await redis.start();
  const publish = () =>
    publisher.subscription.publish(51).then(
      () => true,
      () => false,
    );
  await expect.poll(publish, { timeout: 15_000 }).toBe(true);
  await eventually(() => follower.values, upTo(51));
  await eventually(() => publisher.values, upTo(51));
  expect([...follower.recoveries, ...publisher.recoveries]).not.toContain(false);
});
