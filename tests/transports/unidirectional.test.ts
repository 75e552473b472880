/** Connections on which a program only listens: pushes without replies around them, and one thing to say. */
import { EventEmitter, once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";

import { describe, expect, it } from "vitest";
import type { RawData } from "ws";
import { WebSocket } from "ws";

import { refuse } from "tautline";

import type { Heard, NextHeard } from "./own-server.ts";
import { connectOf, linesOf } from "./own-server.ts";
import { addressOf, startServer } from "./world.ts";
import type { Place } from "./world.ts";

const request = { token: "t", data: { a: [1, "ü"] }, name: "listener" };

interface Ear {
  readonly next: NextHeard;
  /** How it ends: with the close code, where the transport has one. */
  readonly ended: () => Promise<unknown>;
}

async function listen(place: Place, path: string, init?: RequestInit): Promise<Ear> {
  const response = await fetch(addressOf(place, path), init);
  expect(response.status).toBe(200);
  const next = linesOf(response);
  return { next, ended: next };
}

const parse = (data: RawData): Heard =>
  JSON.parse(Buffer.isBuffer(data) ? data.toString() : "null");

const inQuery = encodeURIComponent(JSON.stringify(request));

async function listenOnWebSocket(place: Place, query: string, first?: string): Promise<Ear> {
  const url = addressOf(place, `/connection/uni_websocket${query}`).replace("http", "ws");
  const socket = new WebSocket(url);
  const messages: Heard[] = [];
  const heard = new EventEmitter();
  socket.on("message", (data) => {
    messages.push(parse(data));
    heard.emit("message");
  });
  const closed = new Promise<number>((resolve) => socket.on("close", (code) => resolve(code)));
  await once(socket, "open");
  if (first !== undefined) socket.send(first);
  return {
    ended: () => closed,
    next: async () => {
      while (messages.length === 0) await once(heard, "message");
      return messages.shift();
    },
  };
}

const ways: readonly { name: string; transport: string; open: (place: Place) => Promise<Ear> }[] = [
  {
    name: "SSE with the request in the query",
    transport: "uni_sse",
    open: (place) => listen(place, `/connection/uni_sse?cf_connect=${inQuery}`),
  },
  {
    name: "SSE with the request in the body",
    transport: "uni_sse",
    open: (place) =>
      listen(place, "/connection/uni_sse", { method: "POST", body: JSON.stringify(request) }),
  },
  {
    name: "HTTP streaming, the request on several lines",
    transport: "uni_http_stream",
    open: (place) =>
      listen(place, "/connection/uni_http_stream", {
        method: "POST",
        body: JSON.stringify(request, undefined, 2),
      }),
  },
  {
    name: "WebSocket with the request in the query",
    transport: "uni_websocket",
    open: (place) => listenOnWebSocket(place, `?cf_connect=${inQuery}`),
  },
  {
    name: "WebSocket with the request as the first message",
    transport: "uni_websocket",
    open: (place) => listenOnWebSocket(place, "", JSON.stringify(request)),
  },
];

describe.each(ways)("$name", ({ transport, open }) => {
  it("is asked who it is like everybody, and hears what it is subscribed to", async () => {
    const server = await startServer({
      hooks: {
        connect: ({ token, data, name, connection }) => ({
          user: "ann",
          data: { token, data, name, transport: connection.transport },
          subscriptions: [{ channel: "news" }],
        }),
      },
    });
    const ear = await open(server);
    const connect = connectOf(await ear.next());
    expect(connect).toMatchObject({ data: { ...request, transport }, ping: 25 });
    expect(connect.pong).toBeUndefined();
    expect(Object.keys(connect.subs ?? {})).toEqual(["news"]);
    await server.channel("news").publish({ text: "ü🎉" });
    expect(await ear.next()).toMatchObject({ channel: "news", pub: { data: { text: "ü🎉" } } });
    const [client] = server.hub.clients.values();
    expect(client?.user).toBe("ann");
    client?.send("you");
    expect(await ear.next()).toEqual({ message: { data: "you" } });
    client?.disconnect({ code: 4501, reason: "enough" });
    expect(await ear.next()).toEqual({ disconnect: { code: 4501, reason: "enough" } });
    expect(await ear.ended()).toBe(transport === "uni_websocket" ? 4501 : undefined);
  });

  it("is pinged, and owes nothing for it", async () => {
    const server = await startServer({ hub: { pingIntervalMs: 20, pongTimeoutMs: 10 } });
    const ear = await open(server);
    expect(await ear.next()).toHaveProperty("connect");
    for (let beat = 0; beat < 3; beat += 1) expect(await ear.next()).toEqual({});
    expect(server.hub.clients.size).toBe(1);
  });

  it("is told why it may not connect, where others hear an error", async () => {
    const server = await startServer({
      hooks: { connect: () => refuse({ code: 109, message: "token expired" }) },
    });
    const ear = await open(server);
    expect(await ear.next()).toEqual({ disconnect: { code: 3005, reason: "connection expired" } });
  });
});

describe("what a listener may say", () => {
  it.each([
    { name: "nothing", path: "/connection/uni_sse", init: {} },
    { name: "an empty body", path: "/connection/uni_http_stream", init: { method: "POST" } },
    { name: "null", path: "/connection/uni_sse?cf_connect=null", init: {} },
  ])("$name is a request without anything in it", async ({ path, init }) => {
    const server = await startServer();
    const ear = await listen(server, path, init);
    expect(await ear.next()).toHaveProperty("connect.client");
  });

  it.each([
    { name: "half a request", body: "{" },
    { name: "a list", body: "[]" },
    { name: "a text", body: '"x"' },
    { name: "a request that ends early and says more", body: '{},"rpc":{"method":"x"}' },
    { name: "two requests", body: "{}\n{}" },
    { name: "a request with a field of another type", body: '{"token":1}' },
  ])("$name is a bad request", async ({ body }) => {
    const server = await startServer();
    let called = false;
    server.hub.rpc("x", () => void (called = true));
    const init = { method: "POST", body };
    const ear = await listen(server, "/connection/uni_http_stream", init);
    expect(await ear.next()).toEqual({ disconnect: { code: 3501, reason: "bad request" } });
    expect([called, server.hub.clients.size]).toEqual([false, 0]);
  });

  it("is over after the request: what a WebSocket says later is not heard", async () => {
    const server = await startServer();
    const first = JSON.stringify({});
    const url = addressOf(server, "/connection/uni_websocket").replace("http", "ws");
    const socket = new WebSocket(url);
    const message = new Promise<unknown>((resolve) => {
      socket.on("message", (data) => {
        const push = parse(data);
        if (push.message !== undefined) resolve(push);
      });
    });
    await once(socket, "open");
    socket.send(first);
    for (const text of ['{"id":2,"rpc":{"method":"x"}}', "{", "{}"]) socket.send(text);
    while (server.hub.clients.size === 0) await nextTurn();
    for (const client of server.hub.clients.values()) client.send("still here");
    expect(await message).toEqual({ message: { data: "still here" } });
    socket.terminate();
  });
});
