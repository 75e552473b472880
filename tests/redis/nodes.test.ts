/**
 * Servers that are one over a real Redis, seen by those who look after them, and by clients whose requests come to any of
 * them.
 */

import { fileURLToPath } from "node:url";
import { randomUUID } from "node:crypto";
import { RedisBroker } from "@tautline/broker-redis";
import { Client } from "@tautline/client";
import { fallback } from "@tautline/client/fallback";
import { beforeEach, describe, expect, it, onTestFinished, test } from "vitest";
import type { TautlineServer } from "tautline";
import { disconnects } from "tautline";
import { RedisServer } from "../../packages/broker-redis/test/redis-server.ts";
import { Program } from "../cli/program.ts";
import { TestEventSource } from "../transports/event-source.ts";
import { startProxy } from "../transports/proxy.ts";
import { addressOf, dial, startServer } from "../transports/world.ts";
import { realClock } from "./real-clock.ts";
import { startRoundRobin } from "./round-robin.ts";

const key = randomUUID();

let redis: RedisServer;

beforeEach(async () => {
  redis = new RedisServer();
  await redis.start();
  return () => redis.remove();
});

function startNode(leaveDelayMs = 0): Promise<TautlineServer> {
  return startServer({
    broker: new RedisBroker({
      clock: realClock,
      randomId: randomUUID,
      redis: { socket: redis.socket },
      memberTtlMs: 1000,
    }),
    api: { keys: [key] },
    hub: { open: true, channels: { historySize: 100, recovery: "stream", leaveDelayMs } },
    hooks: { connect: ({ token }) => ({ user: token }) },
  });
}

async function call(server: TautlineServer, method: string, body: object): Promise<unknown> {
  const answer = await fetch(addressOf(server, `/api/${method}`), {
    method: "POST",
    headers: { "X-API-Key": key, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.json();
}

/** The ids of the nodes that a node names. */
async function nodesOf(server: TautlineServer): Promise<readonly string[]> {
  const answer = (await call(server, "info", {})) as { result: { nodes: { uid: string }[] } };
  return answer.result.nodes.map(({ uid }) => uid).sort();
}

/** Resolves when both know of each other. */
async function meet(...servers: readonly TautlineServer[]): Promise<void> {
  for (const server of servers) {
    await expect.poll(() => nodesOf(server), { timeout: 15_000 }).toHaveLength(servers.length);
  }
}

describe("a client whose requests come to any server", () => {
  it.each(["http_stream", "sse"] as const)("loses nothing over %s", async (transport) => {
    const [one, two] = [await startNode(), await startNode()];
    await meet(one, two);
    const balancer = await startRoundRobin([one.url, two.url]);
    const client = dial(balancer, [transport], { token: "ann" });
    const subscription = client.newSubscription("a");
    const received: unknown[] = [];
    subscription.on("publication", ({ data }) => received.push(data));
    subscription.subscribe();
    await subscription.ready();
    for (let n = 0; n < 20; n += 1) await subscription.publish(n);
    await expect.poll(() => received, { timeout: 15_000 }).toEqual([...Array(20).keys()]);
    // Half of them came to the server that does not have the connection.
    const [first = 0, second = 0] = balancer.counts("POST");
    expect(Math.min(first, second)).toBeGreaterThanOrEqual(9);
  });

  it("loses nothing when it asks again and again", async () => {
    const [one, two] = [await startNode(), await startNode()];
    await meet(one, two);
    const balancer = await startRoundRobin([one.url, two.url]);
    const client = new Client(addressOf(balancer, "/connection/websocket"), {
      token: "ann",
      reconnectDelayMs: 5,
      transport: fallback({ eventSource: TestEventSource, transports: ["http_poll"] }),
    });
    onTestFinished(() => client.disconnect());
    void client.connect();
    await client.ready();
    const subscription = client.subscribe<number>("a");
    const received: number[] = [];
    subscription.onPublication(({ data }) => received.push(data));
    await subscription.ready();
    // Long ones, that take more than one message between servers.
    const long = "x".repeat(50_000);
    for (let n = 0; n < 20; n += 1) {
      await (n % 2 === 0 ? one : two).channel(`a`).publish(n);
      if (n % 5 === 0) await one.channel("long").publish(long);
    }
    await expect.poll(() => received, { timeout: 15_000 }).toEqual([...Array(20).keys()]);
    expect(Math.min(...balancer.counts("POST"))).toBeGreaterThan(0);
  });
});

describe("a backend that asks one server", () => {
  it("has done to clients of all what it wants, and sees all nodes", async () => {
    const [one, two] = [await startNode(), await startNode()];
    await meet(one, two);
    expect(await nodesOf(one)).toEqual([one.hub.node, two.hub.node].sort());
    const client = dial(two, ["websocket"], { token: "ann" });
    await client.ready();
    const subscribed = new Promise((resolve) => {
      client.on("subscribed", ({ channel }) => resolve(channel));
    });
    const unsubscribed = new Promise((resolve) => {
      client.on("unsubscribed", ({ channel }) => resolve(channel));
    });
    const gone = new Promise((resolve) => {
      client.on("disconnected", ({ code }) => resolve(code));
    });
    expect(await call(one, "subscribe", { user: "ann", channel: "s" })).toEqual({ result: {} });
    expect(await subscribed).toBe("s");
    expect(await call(one, "unsubscribe", { user: "ann", channel: "s" })).toEqual({ result: {} });
    expect(await unsubscribed).toBe("s");
    const disconnect = { code: 4500, reason: "out" };
    expect(await call(one, "disconnect", { user: "ann", disconnect })).toEqual({ result: {} });
    expect(await gone).toBe(4500);
    await redis.kill();
    // What could not be told to the others is no success.
    expect(await call(one, "disconnect", { user: "ann" })).toMatchObject({ error: { code: 100 } });
  });
});

test("a user who is lost at one server and back at another has not been away for others", async () => {
  const [one, two] = [await startNode(60_000), await startNode(60_000)];
  await meet(one, two);
  const news: string[] = [];
  for (const server of [one, two]) {
    const watch = dial(server, ["websocket"], { token: "watcher" }).newSubscription("room", {
      joinLeave: true,
    });
    watch.on("join", ({ info }) => info.user === "ann" && news.push("join"));
    watch.on("leave", ({ info }) => info.user === "ann" && news.push("leave"));
    watch.subscribe();
    await watch.ready();
  }
  const proxy = await startProxy(one.url);
  const ann = dial(proxy, ["websocket"], { token: "ann" });
  const room = ann.newSubscription("room");
  room.subscribe();
  await room.ready();
  await expect.poll(() => news, { timeout: 15_000 }).toEqual(["join", "join"]);
  const members = async () => [...(await one.channel("room").presence()).values()];
  const idsOfAnn = async () =>
    (await members()).filter(({ user }) => user === "ann").map(({ client }) => client);
  const [before] = await idsOfAnn();
  const probe = dial(two, ["websocket"], { token: "probe" });
  await probe.ready();
  const told = new Promise((resolve) => {
    probe.on("disconnected", resolve);
  });
  proxy.target = two.url;
  proxy.faults = { upgrades: "refuse" };
  await one.hub.disconnect({ client: before }, disconnects.forceReconnect);
  // What one says arrives in order: when the other has done this, it has heard of ann.
  await one.hub.disconnect({ user: "probe" });
  await told;
  proxy.faults = {};
  // The old connection is a member until the new one has its place.
  await expect
    .poll(idsOfAnn, { timeout: 15_000 })
    .toEqual([expect.not.stringContaining(before ?? "nobody")]);
  await room.publish("a word, after all that was told before it");
  expect(two.hub.listClients({ user: "ann" }).entries.size).toBe(1);
  expect(news).toEqual(["join", "join"]);
});

test("a server that is killed is gone from presence and from the list of nodes", async () => {
  const one = await startNode();
  const script = fileURLToPath(new URL("../deploy/node-process.mjs", import.meta.url));
  const other = new Program([script, "redis", redis.path]);
  onTestFinished(() => other.stop());
  const [, url = ""] = await other.printed(/Ready: (\S+)/u);
  const ann = dial(one, ["websocket"], { token: "ann" }).newSubscription("a");
  const ben = dial({ url }, ["websocket"], { token: "ben" }).newSubscription("a");
  for (const subscription of [ann, ben]) subscription.subscribe();
  await Promise.all([ann.ready(), ben.ready()]);
  await expect.poll(() => nodesOf(one), { timeout: 15_000 }).toHaveLength(2);
  expect((await ann.presenceStats()).numClients).toBe(2);
  await other.stop();
  await expect
    .poll(async () => (await ann.presenceStats()).numClients, { timeout: 30_000 })
    .toBe(1);
  await expect.poll(() => nodesOf(one), { timeout: 30_000 }).toEqual([one.hub.node]);
}, 90_000);
