/** The client of this project finds a way through whatever stands between, and back up when it is gone. */
import { setImmediate as nextTurn } from "node:timers/promises";

import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";

import type { ClientOptions, StateChange } from "@tautline/client";
import { Client, defaultEnvironment } from "@tautline/client";
import type { FallbackOptions, TransportName } from "@tautline/client/fallback";
import { fallback } from "@tautline/client/fallback";
import { MemoryRelay } from "tautline";

import { TestEventSource } from "./event-source.ts";
import { startProxy } from "./proxy.ts";
import type { Place } from "./world.ts";
import { addressOf, startServer } from "./world.ts";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

const recoverable = { hub: { channels: { historySize: 5000, recovery: "stream" as const } } };

/** Times of this length pass when a test says so, and never by themselves. */
const untilTold = 1_000_000;

interface Dialled {
  readonly client: Client;
  /** The transport of each connection there has been. */
  readonly used: readonly TransportName[];
  /** Lets the time pass that is being waited for; says whether there was any. */
  readonly timePasses: (wait: "for an answer" | "to climb") => boolean;
}

function dial(place: Place, options: FallbackOptions = {}, more: ClientOptions = {}): Dialled {
  const used: TransportName[] = [];
  const waiting = new Map<() => void, number>();
  const client = new Client(addressOf(place, "/connection/websocket"), {
    webSocket: WebSocket,
    reconnectDelayMs: 5,
    maxReconnectDelayMs: 20,
    environment: {
      ...defaultEnvironment,
      schedule(callback, delayMs) {
        if (delayMs < untilTold / 2) return defaultEnvironment.schedule(callback, delayMs);
        waiting.set(callback, delayMs);
        return () => void waiting.delete(callback);
      },
    },
    transport: fallback({
      eventSource: TestEventSource,
      answerTimeoutMs: untilTold,
      climbAfterMs: 2 * untilTold,
      maxClimbAfterMs: 8 * untilTold,
      onTransport: (name) => used.push(name),
      ...options,
    }),
    ...more,
  });
  onTestFinished(() => client.disconnect());
  void client.connect();
  return {
    client,
    used,
    timePasses(wait) {
      const due = [...waiting].filter(
        ([, delayMs]) => (delayMs === untilTold) === (wait === "for an answer"),
      );
      for (const [callback] of due) {
        waiting.delete(callback);
        callback();
      }
      return due.length > 0;
    },
  };
}

const changed = (client: Client, wanted: (change: StateChange) => boolean): Promise<StateChange> =>
  new Promise((resolve) => {
    const cancel = client.onStateChange((change) => {
      if (!wanted(change)) return;
      cancel();
      resolve(change);
    });
  });

describe.each<TransportName>(["http_stream", "sse", "http_poll"])("over %s", (transport) => {
  const only = { transports: [transport] };

  it("connects, subscribes, publishes, calls and is called", async () => {
    const server = await startServer({
      hooks: {
        connect: ({ data, connection }) => ({ user: "ann", data: [data, connection.transport] }),
      },
    });
    server.hub.rpc("double", (data) => Number(data) * 2);
    const { client, used } = dial(server, only, { data: "hello" });
    await client.ready();
    expect(client.connection?.data).toEqual(["hello", transport]);
    expect(used).toEqual([transport]);
    const chat = client.subscribe<number>("chat");
    const received: number[] = [];
    const done = new Promise<void>((resolve) => {
      chat.onPublication(({ data }) => {
        received.push(data);
        if (data === 200) resolve();
      });
    });
    await chat.ready();
    // All at once: they arrive in the order in which they were made.
    await Promise.all(upTo(200).map((n) => chat.publish(n)));
    await done;
    expect(received).toEqual(upTo(200));
    expect(await client.rpc("double", 21)).toBe(42);
    expect(await chat.presenceStats()).toEqual({ clients: 1, users: 1 });
    const message = new Promise((resolve) => void client.onMessage(({ data }) => resolve(data)));
    for (const one of server.hub.clients.values()) one.send({ to: "you" });
    expect(await message).toEqual({ to: "you" });
  });

  it("recovers what it missed when the connection breaks", async () => {
    const server = await startServer(recoverable);
    const proxy = await startProxy(server.url);
    const { client } = dial(proxy, only);
    const chat = client.subscribe<number>("a");
    const received: number[] = [];
    const done = new Promise<void>((resolve) => {
      chat.onPublication(({ data }) => {
        received.push(data);
        if (data === 1000) resolve();
      });
    });
    await chat.ready();
    for (const n of upTo(1000)) {
      await server.channel("a").publish(n);
      if (n % 300 === 0) proxy.cut();
    }
    await done;
    expect(received).toEqual(upTo(1000));
  });

  it("goes with a word, and the server knows at once", async () => {
    const server = await startServer();
    const { client } = dial(server, only);
    const chat = client.subscribe("chat", { joinLeave: true });
    await chat.ready();
    const watcher = dial(server).client.subscribe("chat", { joinLeave: true });
    await watcher.ready();
    const left = new Promise((resolve) => void watcher.onLeave(resolve));
    await client.disconnect();
    await left;
    expect(server.hub.clients.size).toBe(1);
  });

  it("is told why it has to go", async () => {
    const server = await startServer();
    const { client } = dial(server, only);
    await client.ready();
    const gone = changed(client, ({ state }) => state === "disconnected");
    for (const one of server.hub.clients.values()) one.disconnect({ code: 4500, reason: "banned" });
    expect(await gone).toMatchObject({ code: 4500, reason: "banned" });
  });

  it("answers pings, and needs no sticky sessions", async () => {
    const relay = new MemoryRelay();
    const hub = { pingIntervalMs: 400, pongTimeoutMs: 300 };
    const [here, there] = [await startServer({ relay, hub }), await startServer({ relay, hub })];
    const proxy = await startProxy(there.url);
    const { client } = dial(here, {
      ...only,
      endpoints: { emulation: addressOf(proxy, "/emulation") },
    });
    const chat = client.subscribe("chat");
    await chat.ready();
    await proxy.requested("POST /emulation", 3);
    expect([client.state, here.hub.clients.size, there.hub.clients.size]).toEqual([
      "connected",
      1,
      0,
    ]);
  });
});

describe("polling", () => {
  it("asks again for answers that were lost, and has everything once", async () => {
    const server = await startServer();
    let answers = 0;
    let lost = 0;
    const { client, used } = dial(server, {
      transports: ["http_poll"],
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (!url.endsWith("/http_poll")) return response;
        answers += 1;
        // Not the first: without it there is no connection.
        if (answers % 3 !== 0 || lost === 5) return response;
        lost += 1;
        await response.text();
        throw new TypeError("the network failed in the middle of the answer");
      },
    });
    // Nothing is kept for it: what a reconnect would lose is lost.
    const chat = client.subscribe<number>("chat");
    const received: number[] = [];
    await chat.ready();
    for (const n of upTo(30)) {
      const arrived = new Promise<void>((resolve) => {
        const cancel = chat.onPublication(({ data }) => {
          received.push(data);
          cancel();
          resolve();
        });
      });
      await server.channel("chat").publish(n);
      await arrived;
    }
    expect(received).toEqual(upTo(30));
    expect([lost, used]).toEqual([5, ["http_poll"]]);
  });
});

describe("fallback", () => {
  it.each<{
    name: string;
    faults: Parameters<typeof startProxy>[1];
    /** The requests that never get an answer. */
    silent: readonly string[];
    expected: TransportName;
  }>([
    { name: "nothing", faults: {}, silent: [], expected: "websocket" },
    {
      name: "a proxy that refuses upgrades",
      faults: { upgrades: "refuse" },
      silent: [],
      expected: "http_stream",
    },
    {
      name: "a proxy that swallows upgrades",
      faults: { upgrades: "swallow" },
      silent: ["GET /connection/websocket"],
      expected: "http_stream",
    },
    {
      name: "a proxy that gathers streams",
      faults: { upgrades: "refuse", gathersStreams: true },
      silent: ["POST /connection/http_stream", "GET /connection/sse"],
      expected: "http_poll",
    },
  ])("through $name, it is $expected", async ({ faults, silent, expected }) => {
    const server = await startServer();
    const proxy = await startProxy(server.url, faults);
    const { client, used, timePasses } = dial(proxy);
    for (const request of silent) {
      await proxy.requested(request, 1);
      expect(timePasses("for an answer")).toBe(true);
    }
    await client.ready();
    expect(used).toEqual([expected]);
    expect(await client.presenceStats("chat")).toEqual({ clients: 0, users: 0 });
    expect(server.hub.clients.size).toBe(1);
  });

  it("remembers what worked, for the next connection and the next client", async () => {
    const server = await startServer();
    const proxy = await startProxy(server.url, { upgrades: "refuse" });
    let kept: string | undefined;
    const memory = { load: () => kept, save: (name: TransportName) => void (kept = name) };
    const { client } = dial(proxy, { memory });
    await client.ready();
    expect(kept).toBe("http_stream");
    const upgrades = (): number =>
      proxy.requests.filter((line) => line === "GET /connection/websocket").length;
    expect(upgrades()).toBe(1);
    const again = changed(client, ({ state }) => state === "connected");
    proxy.cut();
    await again;
    await dial(proxy, { memory }).client.ready();
    expect(upgrades()).toBe(1);
  });

  it("climbs back up when the best way is free again, and misses nothing", async () => {
    const server = await startServer(recoverable);
    const proxy = await startProxy(server.url, { upgrades: "refuse" });
    const { client, used, timePasses } = dial(proxy);
    const chat = client.subscribe<number>("a");
    const received: number[] = [];
    chat.onPublication(({ data }) => received.push(data));
    await chat.ready();
    expect(used).toEqual(["http_stream"]);
    // It looks, in vain.
    expect(timePasses("to climb")).toBe(true);
    await proxy.requested("GET /connection/websocket", 2);
    await client.presenceStats("a");
    expect(used).toEqual(["http_stream"]);
    proxy.faults = {};
    const climbed = changed(client, ({ state }) => state === "connected");
    // It looks again, when it has heard that it was in vain.
    while (!timePasses("to climb")) await nextTurn();
    // When it has the answer to its last word, it goes.
    await server.channel("a").publish(1);
    await climbed;
    expect(used).toEqual(["http_stream", "websocket"]);
    const last = new Promise<void>((resolve) => {
      chat.onPublication(({ data }) => data === 2 && resolve());
    });
    await server.channel("a").publish(2);
    await last;
    expect(received).toEqual([1, 2]);
  });

  it("waits as ever when nothing works", async () => {
    const server = await startServer();
    const { url } = server;
    await server.close();
    const { client, used } = dial({ url });
    const failed = await changed(client, ({ failedAttempts }) => failedAttempts === 2);
    expect(failed.state).toBe("connecting");
    expect(used).toEqual([]);
  });
});
