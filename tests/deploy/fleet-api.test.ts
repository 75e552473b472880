/**
 * The HTTP API of one server among several that act as one: its orders reach clients wherever they are connected, and its lists say
 * what there is everywhere. The same over Redis, over NATS, and for the workers of one machine.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { RedisBroker } from "@tautline/broker-redis";
import { Client } from "@tautline/client";
import type { ServeOptions } from "tautline";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";

import { NatsServer } from "../../packages/broker-nats/test/nats-server.ts";
import { RedisServer } from "../../packages/broker-redis/test/redis-server.ts";
import { realClock } from "../redis/real-clock.ts";
import { startServer } from "../transports/world.ts";
import { startCrew } from "./crew.ts";

const key = "a-key-for-the-tests-of-fleets";

/** Two servers, or one of two processes. */
interface Fleet {
  /** Where clients of the first and of the second go; the same where the system chooses. */
  readonly hubs: readonly [string, string];
  /** Where backends go. */
  readonly api: string;
}

async function pair(broker: () => ServeOptions["broker"]): Promise<Fleet> {
  const start = () => startServer({ broker: broker(), api: { keys: [key] } });
  const [one, two] = [await start(), await start()];
  return { hubs: [one.url, two.url], api: `${one.url}/api` };
}

const fleets = {
  Redis: async () => {
    const redis = new RedisServer();
    onTestFinished(() => redis.remove());
    await redis.start();
    const setup = { clock: realClock, randomId: randomUUID, redis: { socket: redis.socket } };
    return pair(() => new RedisBroker(setup));
  },
  NATS: async () => {
    const nats = new NatsServer();
    onTestFinished(() => nats.remove());
    await nats.start();
    return pair(() => nats.address);
  },
  workers: async () => {
    const folder = mkdtempSync(join(tmpdir(), "tautline-fleet-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const keys = join(folder, "keys.txt");
    writeFileSync(keys, `${key}\n`);
    const { url, inside } = await startCrew(["--internal-port", "0", "--api-key-file", keys]);
    return { hubs: [url, url] as const, api: `${inside}/api` };
  },
} satisfies Readonly<Record<string, () => Promise<Fleet>>>;

interface Answer {
  readonly result?: object;
  readonly error?: { readonly code: number; readonly message: string };
}

async function ask({ api }: Fleet, method: string, request: object = {}): Promise<Answer> {
  const response = await fetch(`${api.replace("localhost", "127.0.0.1")}/${method}`, {
    method: "POST",
    headers: { "X-API-Key": key },
    body: JSON.stringify(request),
  });
  return (await response.json()) as Answer;
}

interface Node {
  readonly uid: string;
  readonly num_clients: number;
}

async function nodesOf(fleet: Fleet): Promise<readonly Node[]> {
  return ((await ask(fleet, "info")).result as { readonly nodes: readonly Node[] }).nodes;
}

interface Connections {
  readonly connections: Readonly<
    Record<string, { readonly node: string; readonly expire_at?: number }>
  >;
  readonly next?: string;
}

async function connectionsOf(fleet: Fleet, request: object = {}): Promise<Connections> {
  const { result, error } = await ask(fleet, "connections", request);
  expect(error).toBeUndefined();
  return result as Connections;
}

async function dial(url: string): Promise<Client> {
  const address = url.replace("http", "ws").replace("localhost", "127.0.0.1");
  const client = new Client(`${address}/connection/websocket`, { webSocket: WebSocket });
  onTestFinished(() => client.disconnect());
  await client.connect();
  return client;
}

const nodesIn = ({ connections }: Connections): number =>
  new Set(Object.values(connections).map(({ node }) => node)).size;

/** Guests, at two nodes at least. */
async function dialBoth(fleet: Fleet): Promise<readonly Client[]> {
  const clients = [await dial(fleet.hubs[0]), await dial(fleet.hubs[1])];
  while (nodesIn(await connectionsOf(fleet)) < 2) clients.push(await dial(fleet.hubs[0]));
  return clients;
}

describe.each(Object.entries(fleets))("a backend that asks one of several over %s", (_, start) => {
  it("sees the clients and channels of all, whole and in pages", async () => {
    const fleet = await start();
    const clients = await dialBoth(fleet);
    for (const client of clients) await client.subscribe("everywhere").ready();
    await clients[0]?.subscribe("at-one").ready();
    await clients[1]?.subscribe("at-two").ready();
    const ids = clients.map(({ connection }) => connection?.client ?? "").toSorted();
    expect(Object.keys((await connectionsOf(fleet)).connections).toSorted()).toEqual(ids);
    const uids = (await nodesOf(fleet)).map(({ uid }) => uid);
    for (const { node } of Object.values((await connectionsOf(fleet)).connections)) {
      expect(uids).toContain(node);
    }
    const everywhere = { num_clients: clients.length };
    const one = { num_clients: 1 };
    expect(await ask(fleet, "channels")).toEqual({
      result: { channels: { "at-one": one, "at-two": one, everywhere } },
    });
    expect(await ask(fleet, "channels", { pattern: "every*" })).toEqual({
      result: { channels: { everywhere } },
    });
    expect(await ask(fleet, "channels", { limit: 2 })).toEqual({
      result: { channels: { "at-one": one, "at-two": one }, next: "at-two" },
    });
    expect(await ask(fleet, "channels", { limit: 2, cursor: "at-two" })).toEqual({
      result: { channels: { everywhere } },
    });
    const seen: string[] = [];
    for (let cursor: string | undefined = ""; cursor !== undefined;) {
      const page = await connectionsOf(fleet, { limit: 1, cursor });
      seen.push(...Object.keys(page.connections));
      cursor = page.next;
    }
    expect(seen).toEqual(ids);
    const subscribed = await connectionsOf(fleet, { channel: "at-two" });
    expect(Object.keys(subscribed.connections)).toEqual([clients[1]?.connection?.client]);
  }, 60_000);

  it("has done to the clients of all what it wants", async () => {
    const fleet = await start();
    const clients = await dialBoth(fleet);
    const all = { user: "" };
    const look = async (): Promise<Connections> => connectionsOf(fleet);
    const inChannel = async (channel: string): Promise<number> =>
      Object.keys((await connectionsOf(fleet, { channel })).connections).length;
    expect(await ask(fleet, "subscribe", { ...all, channel: "given" })).toEqual({ result: {} });
    await expect.poll(() => inChannel("given"), { timeout: 15_000 }).toBe(clients.length);
    expect(await ask(fleet, "unsubscribe", { ...all, channel: "given" })).toEqual({ result: {} });
    await expect.poll(() => inChannel("given"), { timeout: 15_000 }).toBe(0);
    const later = Math.floor(Date.now() / 1000) + 3600;
    expect(await ask(fleet, "refresh", { ...all, expire_at: later })).toEqual({ result: {} });
    const ends = async () => Object.values((await look()).connections).map((one) => one.expire_at);
    await expect.poll(ends, { timeout: 15_000 }).toEqual(clients.map(() => later));
    const spared = clients[0]?.connection?.client ?? "";
    const closed = clients.slice(1).map(
      (client) =>
        new Promise((resolve) => {
          client.onStateChange(({ code }) => resolve(code));
        }),
    );
    const why = { disconnect: { code: 4501, reason: "out" }, whitelist: [spared] };
    expect(await ask(fleet, "disconnect", { ...all, ...why })).toEqual({ result: {} });
    expect(await Promise.all(closed)).toEqual(closed.map(() => 4501));
    await expect.poll(async () => Object.keys((await look()).connections)).toEqual([spared]);
    expect(clients[0]?.state).toBe("connected");
  }, 60_000);
});
