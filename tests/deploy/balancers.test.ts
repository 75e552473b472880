/**
 * The configurations of deploy/, each run by the real balancer before three nodes: every transport passes, no request needs a
 * certain node, and a node that goes is not noticed.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";

import { RedisBroker } from "@tautline/broker-redis";
import type { Subscription } from "@tautline/client";
import { Client } from "@tautline/client";
import type { TransportName } from "@tautline/client/fallback";
import { fallback } from "@tautline/client/fallback";
import { hubDefaults } from "@tautline/hub";
import { connect } from "@tautline/node";
import type { TautlineServer } from "tautline";
import { httpTransportDefaults, MemoryRelay, serve } from "tautline";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";

import { RedisServer } from "../../packages/broker-redis/test/redis-server.ts";
import { TestEventSource } from "../transports/event-source.ts";
import type { Balancer, BalancerName } from "./balancer.ts";
import { deployFile, startBalancer } from "./balancer.ts";

const balancers: readonly BalancerName[] = ["nginx", "haproxy", "caddy"];
const transports: readonly TransportName[] = ["websocket", "http_stream", "sse", "http_poll"];

const clock = {
  now: () => Date.now(),
  schedule(callback: () => void, delayMs: number) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

let redis: RedisServer;

beforeAll(async () => {
  redis = new RedisServer();
  await redis.start();
});

afterAll(() => redis.remove());

// The certificate is for other names: what is looked at here is what passes, not who is trusted.
beforeEach(() => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** Three nodes that are one. What a client's connect request came with is its info. */
async function startNodes(): Promise<readonly TautlineServer[]> {
  const [relay, prefix] = [new MemoryRelay(), randomUUID()];
  const start = async (): Promise<TautlineServer> => {
    const server = await serve({
      port: 0,
      page: false,
      relay,
      broker: new RedisBroker({
        clock,
        randomId: randomUUID,
        prefix,
        redis: { socket: redis.socket },
      }),
      hooks: { connect: ({ connection }) => ({ info: connection.headers }) },
      hub: { open: true, channels: { historySize: 1000, recovery: "stream" } },
      drainTimeoutMs: 1000,
    });
    onTestFinished(() => server.close());
    return server;
  };
  return Promise.all([start(), start(), start()]);
}

async function startAll(name: BalancerName) {
  const nodes = await startNodes();
  const balancer = await startBalancer(
    name,
    nodes.map(({ port }) => `127.0.0.1:${port}`),
  );
  return { nodes, balancer };
}

const hubOf = ({ url }: Balancer): string => `${url.replace("http", "ws")}/connection/websocket`;

interface Listener {
  readonly client: Client;
  readonly chat: Subscription<unknown>;
  readonly heard: unknown[];
  readonly used: TransportName[];
}

/** A client over one transport alone, that listens to a channel. */
async function listen(balancer: Balancer, transport: TransportName): Promise<Listener> {
  const used: TransportName[] = [];
  const client = new Client(hubOf(balancer), {
    webSocket: WebSocket,
    reconnectDelayMs: 5,
    maxReconnectDelayMs: 50,
    transport: fallback({
      transports: [transport],
      answerTimeoutMs: 15_000,
      eventSource: TestEventSource,
      onTransport: (name) => used.push(name),
    }),
  });
  onTestFinished(() => client.disconnect());
  const heard: unknown[] = [];
  const chat = client.subscribe("chat");
  chat.onPublication(({ data }) => heard.push(data));
  await client.connect();
  await chat.ready();
  return { client, chat, heard, used };
}

async function hear(listener: Listener, expected: readonly unknown[]): Promise<void> {
  await expect.poll(() => listener.heard, { timeout: 15_000, interval: 5 }).toEqual(expected);
}

describe.each(balancers)("%s with the file of deploy/", (name) => {
  it.each(transports)("carries %s to and from any node", async (transport) => {
    const { nodes, balancer } = await startAll(name);
    const listeners: Listener[] = [];
    const used = (): number => nodes.filter(({ hub }) => hub.clients.size > 0).length;
    // Until they are on several nodes, so that requests of one come to others: polls come and go, and count for little.
    while (listeners.length < 4 || (used() < 2 && listeners.length < 30)) {
      listeners.push(await listen(balancer, transport));
    }
    expect(used()).toBeGreaterThan(1);
    const numbers = Array.from({ length: 12 }, (_, n) => n);
    for (const n of numbers) await listeners[n % 4]?.chat.publish(n);
    for (const listener of listeners) {
      await hear(listener, numbers);
      expect(listener.used).toEqual([transport]);
    }
  });

  it("says where clients come from, and lets nobody say it for them", async () => {
    const { nodes, balancer } = await startAll(name);
    const socket = await connect(hubOf(balancer), {
      tls: { rejectUnauthorized: false },
      headers: { "X-Forwarded-For": "192.0.2.66", Origin: balancer.url },
    });
    onTestFinished(() => socket.terminate());
    socket.send('{"id":1,"connect":{}}');
    for await (const _ of socket) break;
    const [client] = nodes.flatMap(({ hub }) => [...hub.clients.values()]);
    expect(client?.info).toMatchObject({
      host: `${balancer.host}:${balancer.port}`,
      "x-forwarded-for": expect.stringMatching(/^127\.[\d.]+$/u),
      "x-forwarded-proto": "https",
      "x-forwarded-host": `${balancer.host}:${balancer.port}`,
    });
    const elsewhere = { Origin: "https://elsewhere.example" };
    await expect(
      connect(hubOf(balancer), { tls: { rejectUnauthorized: false }, headers: elsewhere }),
    ).rejects.toMatchObject({ status: 403 });
  });

  it("speaks HTTP/2 to clients, and lets a stream say what it has at once", async () => {
    const { balancer } = await startAll(name);
    const session = connectHttp2(balancer.url, { rejectUnauthorized: false });
    onTestFinished(() => session.destroy());
    const request = session.request({ ":method": "POST", ":path": "/connection/http_stream" });
    request.end('{"id":1,"connect":{}}');
    const [headers] = await once(request, "response");
    expect(headers).toMatchObject({ ":status": 200 });
    const [chunk] = await once(request, "data");
    expect(String(chunk)).toContain('"connect"');
  });

  it("keeps health, metrics and the API from the world", async () => {
    const { balancer } = await startAll(name);
    for (const path of ["/healthz", "/readyz", "/metrics", "/api", "/api/publish"]) {
      expect((await fetch(`${balancer.url}${path}`)).status).toBe(404);
    }
  });

  it("has another node for those whose node goes, and for those who come", async () => {
    const { nodes, balancer } = await startAll(name);
    const listeners = await Promise.all(transports.map((one) => listen(balancer, one)));
    await listeners[0]?.chat.publish("before");
    for (const listener of listeners) await hear(listener, ["before"]);
    await nodes[0]?.close();
    await nodes[1]?.channel("chat").publish("meanwhile");
    for (const listener of listeners) await hear(listener, ["before", "meanwhile"]);
    for (const transport of transports) await listen(balancer, transport);
    await listeners[2]?.chat.publish("after");
    for (const listener of listeners) await hear(listener, ["before", "meanwhile", "after"]);
    expect(nodes.map(({ hub }) => hub.clients.size > 0)).toEqual([false, true, true]);
  });

  it("is patient for longer than the server is silent", () => {
    const files = {
      nginx: "nginx/tautline.conf",
      haproxy: "haproxy/haproxy.cfg",
      caddy: "caddy/Caddyfile",
    };
    const text = deployFile(files[name]);
    const idle = [
      ...text.matchAll(
        /^\s*(?:proxy_read_timeout|proxy_send_timeout|timeout (?:client|server|tunnel)) +(\d+)s/gmu,
      ),
    ];
    const silenceMs = Math.max(hubDefaults.pingIntervalMs, httpTransportDefaults.pollTimeoutMs);
    // Caddy has no time limit on idle streams unless it is given one.
    expect(idle.length).toBe({ nginx: 2, haproxy: 3, caddy: 0 }[name]);
    for (const [, seconds] of idle) {
      expect(Number(seconds) * 1000).toBeGreaterThanOrEqual(2 * silenceMs);
    }
  });
});

it("HAProxy carries WebSockets over HTTP/2", async () => {
  const { balancer } = await startAll("haproxy");
  const socket = await connect(hubOf(balancer), {
    http2: true,
    tls: { rejectUnauthorized: false },
  });
  onTestFinished(() => socket.terminate());
  socket.send('{"id":1,"connect":{}}');
  for await (const answer of socket) {
    expect(answer).toContain('"connect"');
    break;
  }
});
