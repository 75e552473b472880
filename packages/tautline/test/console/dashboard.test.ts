// What the dashboard tells of a server, and what it does, over real sockets; and what it refuses.
import { Client } from "@tautline/client";
import { connect } from "@tautline/node";
import type { Connection } from "@tautline/node";
import type { TautlineServer } from "tautline";
import { serve } from "tautline";
import { WebSocket } from "ws";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

const token = "a-token-of-some-length";
const headers = { Authorization: `Bearer ${token}` };

let server: TautlineServer;
const connections: Connection[] = [];
const clients: Client[] = [];

beforeAll(async () => {
  server = await serve({
    port: 0,
    consoleToken: token,
    hub: { open: true, channels: { historySize: 5 } },
    hooks: { connect: ({ data }) => ({ user: typeof data === "string" ? data : "" }) },
  });
});

afterAll(() => server.close());

afterEach(async () => {
  for (const connection of connections.splice(0)) connection.terminate();
  await Promise.all(clients.splice(0).map((client) => client.disconnect()));
});

async function client(user: string): Promise<Client> {
  const url = `${server.url}/connection/websocket`;
  const made = new Client(url, { webSocket: WebSocket, data: user });
  clients.push(made);
  await made.connect();
  return made;
}

interface Snapshot {
  readonly hub: { readonly clients: number };
  readonly counters: Record<string, readonly { readonly value: number }[]>;
}

/** Snapshots as they come, until one fits. */
async function watchUntil(fits: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  const bearer = `bearer.${Buffer.from(token).toString("base64url")}`;
  const connection = await connect(`${server.url.replace("http", "ws")}/console/dashboard`, {
    subprotocols: ["tautline-console", bearer],
  });
  connections.push(connection);
  for await (const data of connection) {
    const snapshot = JSON.parse(String(data)) as Snapshot;
    if (fits(snapshot)) return snapshot;
  }
  throw new Error("no more snapshots");
}

async function ask(method: string, request: unknown, init: RequestInit = {}) {
  const body = typeof request === "string" ? request : JSON.stringify(request);
  const url = `${server.url}/console/dashboard/${method}`;
  const response = await fetch(url, { method: "POST", headers, body, ...init });
  const text = await response.text();
  return {
    status: response.status,
    json: text.startsWith("{") ? (JSON.parse(text) as unknown) : text,
  };
}

describe("the dashboard", () => {
  it("tells who watches how the server is, and counts although metrics are off", async () => {
    const first = await watchUntil(() => true);
    expect(first).toMatchObject({
      type: "snapshot",
      hub: { clients: expect.any(Number), connections: expect.any(Number) },
      queues: { bytes: 0, longest: 0, slow: 0 },
      process: { rss: expect.any(Number), loop: { p99: expect.any(Number) } },
      broker: { name: "MemoryBroker", remote: false, well: true },
      nodes: [{ clients: expect.any(Number), version: expect.any(String) }],
    });
    const ann = await client("ann");
    await ann.subscribe("news").publish(1);
    const counted = await watchUntil(
      ({ counters }) => (counters["tautline_publications_total"] ?? []).length > 0,
    );
    expect(counted.counters["tautline_publications_total"]).toEqual([
      { labels: { publisher: "client" }, value: 1 },
    ]);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  });

  it("lists, publishes and disconnects by the methods of the API", async () => {
    const ben = await client("ben");
    const room = ben.subscribe("room");
    const heard = new Promise((resolve) => room.onPublication(({ data }) => resolve(data)));
    await room.ready();
    expect(await ask("publish", { channel: "room", data: { text: "hello" } })).toMatchObject({
      json: { result: { offset: 1 } },
    });
    expect(await heard).toEqual({ text: "hello" });
    expect(await ask("channels", { pattern: "room" })).toMatchObject({
      json: { result: { channels: { room: { num_clients: 1 } } } },
    });
    const commands = [{ history: { channel: "room", limit: 1 } }];
    expect(await ask("batch", { commands })).toMatchObject({
      json: { replies: [{ history: { offset: 1, publications: [{ offset: 1 }] } }] },
    });
    const listed = await ask("connections", { user: "ben" });
    expect(listed).toMatchObject({ json: { result: { connections: expect.any(Object) } } });
    const closed = new Promise((resolve) => ben.onStateChange(resolve));
    await ask("disconnect", { user: "ben", disconnect: { code: 3503, reason: "operator" } });
    expect(await closed).toMatchObject({ state: "disconnected", code: 3503 });
  });

  const rows = [
    { name: "a method that it does not offer", method: "refresh", body: "{}", status: 404 },
    { name: "no method", method: "", body: "{}", status: 404 },
    { name: "a property of every object", method: "constructor", body: "{}", status: 404 },
    { name: "no JSON", method: "publish", body: "{", status: 400 },
    { name: "no request of the method", method: "publish", body: '{"channel":7}', status: 400 },
    { name: "too long a body", method: "publish", body: "x".repeat(300_000), status: 413 },
  ];
  for (const { name, method, body, status } of rows) {
    it(`refuses ${name}`, async () => {
      expect(await ask(method, body)).toMatchObject({ status });
    });
  }

  it("refuses whoever has no token, and what is no POST", async () => {
    expect((await ask("channels", {}, { headers: {} })).status).toBe(401);
    const url = `${server.url}/console/dashboard/channels`;
    expect((await fetch(url, { headers })).status).toBe(405);
    const address = `${server.url.replace("http", "ws")}/console/dashboard`;
    await expect(connect(address)).rejects.toThrow("401");
  });

  it("sends away who says something, and who is one too many", async () => {
    await watchUntil(() => true);
    connections[0]?.send("anything");
    expect(await connections[0]?.closed).toMatchObject({ code: 1008 });
    for (let count = 0; count < 16; count += 1) await watchUntil(() => true);
    await expect(watchUntil(() => true)).rejects.toThrow("no more snapshots");
    expect(await connections.at(-1)?.closed).toMatchObject({ code: 1013 });
  });
});
