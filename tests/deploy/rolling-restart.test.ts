/**
 * Three `tautline` processes behind nginx, with Redis between, are restarted one by one while official clients publish and
 * listen: each listener gets every publication, once and in order, and every process ends with 0.
 */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

import type { Subscription } from "centrifuge";
import { Centrifuge } from "centrifuge";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";

import { RedisServer } from "../../packages/broker-redis/test/redis-server.ts";
import { Program } from "../cli/program.ts";
import { startBalancer } from "./balancer.ts";
import type { Balancer } from "./balancer.ts";
import { ownHost } from "./loopback.ts";

/** Redis of a test listens on a path alone; this is a port to it, as in `redis://127.0.0.1:1234`. */
async function startRedis(): Promise<string> {
  const redis = new RedisServer();
  onTestFinished(() => redis.remove());
  await redis.start();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(redis.path);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => other.destroy());
      socket.pipe(other);
    }
  });
  server.listen({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A node that keeps its address over restarts. */
class Node {
  readonly #broker: string;
  readonly #host = ownHost();
  #port = 0;
  #program: Program | undefined;

  constructor(broker: string) {
    this.#broker = broker;
    onTestFinished(() => this.#program?.stop());
  }

  get place(): string {
    return `${this.#host}:${this.#port}`;
  }

  async start(): Promise<void> {
    const where = ["--host", this.#host, "--port", String(this.#port)];
    const program = Program.tautline(
      ["serve", ...where, "--history", "10000", "--drain-seconds", "0.5"],
      { TAUTLINE_BROKER: this.#broker },
    );
    this.#program = program;
    const [, port = ""] = await program.printed(/http:\/\/[^:\s]+:(\d+)/u);
    this.#port = Number(port);
  }

  /** Resolves with what the process ended with. */
  async stop(): Promise<number | null> {
    this.#program?.kill("SIGTERM");
    return (await this.#program?.ended)?.code ?? null;
  }
}

interface Follower {
  readonly client: Centrifuge;
  readonly subscription: Subscription;
  readonly heard: number[];
  /** Of each time it came back: whether it got all it had missed. */
  readonly recoveries: boolean[];
  /** Why it had to come back. */
  readonly reasons: number[];
}

async function follow({ url }: Balancer): Promise<Follower> {
  const client = new Centrifuge(`${url.replace("http", "ws")}/connection/websocket`, {
    websocket: WebSocket,
    minReconnectDelay: 10,
    maxReconnectDelay: 200,
  });
  onTestFinished(() => client.disconnect());
  const follower: Follower = {
    client,
    subscription: client.newSubscription("news"),
    heard: [],
    recoveries: [],
    reasons: [],
  };
  const { subscription, heard, recoveries, reasons } = follower;
  subscription.on("publication", ({ data }) => heard.push(data as number));
  subscription.on("subscribed", ({ wasRecovering, recovered }) => {
    if (wasRecovering) recoveries.push(recovered);
  });
  client.on("connecting", ({ code }) => reasons.push(code));
  subscription.subscribe();
  client.connect();
  await subscription.ready();
  reasons.length = 0;
  return follower;
}

/** Publishes numbers, one after the other; gives those that were acknowledged. No number is sent twice. */
async function publish(
  balancer: Balancer,
  first: number,
  going: () => boolean,
  acknowledged: number[] = [],
): Promise<number[]> {
  const { client } = await follow(balancer);
  for (let n = first; going(); n += 1) {
    try {
      await client.publish("news", n);
      acknowledged.push(n);
    } catch {
      // Sent or not: the connection ended before the answer. It counts if it is heard, and then once.
    }
    await pause(loadPauseMs);
  }
  return acknowledged;
}

/** Between two publications of one client: the server takes 200 a second of each. */
const loadPauseMs = 10;

test("three nodes are restarted one by one under load, and no listener misses or doubles anything", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  const broker = await startRedis();
  const nodes = [new Node(broker), new Node(broker), new Node(broker)];
  await Promise.all(nodes.map((node) => node.start()));
  const balancer = await startBalancer(
    "nginx",
    nodes.map(({ place }) => place),
  );
  const followers = await Promise.all(Array.from({ length: 12 }, () => follow(balancer)));
  let going = true;
  const publishing = [1, 100_001, 200_001].map((first) => publish(balancer, first, () => going));
  for (const node of nodes) {
    expect(await node.stop()).toBe(0);
    await node.start();
  }
  going = false;
  const acknowledged = (await Promise.all(publishing)).flat();
  // Nothing that was sent before can come after the first of these that is acknowledged.
  const last: number[] = [];
  await publish(balancer, 900_001, () => last.length === 0, last);
  expect(acknowledged.length).toBeGreaterThan(0);
  const [one] = followers;
  for (const { heard } of followers) {
    await expect.poll(() => heard.at(-1), { timeout: 15_000 }).toBe(last[0]);
    expect(acknowledged.filter((n) => !heard.includes(n))).toEqual([]);
  }
  for (const { heard, recoveries, reasons } of followers) {
    expect(new Set(heard).size).toBe(heard.length);
    expect(heard).toEqual(one?.heard);
    expect(recoveries).not.toContain(false);
    // Whoever had to go was told: 3001, and came back as often. A balancer that had nobody to ask is another reason.
    expect(reasons).toContain(3001);
  }
}, 60_000);
