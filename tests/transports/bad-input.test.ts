/**
 * What no decent client does: bodies without end, half a command, sessions of others, forged origins. Each gets its status
 * or the protocol's code, and nobody else notices.
 */
import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import type { OwnServer } from "./own-server.ts";
import { connectOf, linesOf, openSocket, post, readAll, startOwnServer } from "./own-server.ts";

const connect = { id: 1, connect: {} };
const elsewhere = "https://elsewhere.example";

const everyAddress = [
  "/connection/http_stream",
  "/connection/sse",
  "/connection/http_poll",
  "/connection/uni_sse",
  "/connection/uni_http_stream",
  "/emulation",
];

const streamUrl = ({ url }: OwnServer): string => `${url}/connection/http_stream`;
const emulationUrl = ({ url }: OwnServer): string => `${url}/emulation`;

/** A stream with a connected client, and how its commands are sent. */
async function openStream(server: OwnServer) {
  const aborter = new AbortController();
  const response = await fetch(streamUrl(server), {
    method: "POST",
    body: JSON.stringify(connect),
    signal: aborter.signal,
  });
  const next = linesOf(response);
  const { session, node, client } = connectOf(await next());
  const send = (data: string): Promise<Response> =>
    post(emulationUrl(server), { session, node, data });
  return { next, session, node, client, send, stop: () => aborter.abort() };
}

/** The head of a POST, with a body that the test sends itself. */
const head = (path: string, ...fields: string[]): string =>
  [`POST ${path} HTTP/1.1`, "Host: 127.0.0.1", ...fields, "", ""].join("\r\n");

describe("bodies", () => {
  it.each(everyAddress)("that never end are not waited for: %s", async (path) => {
    const server = await startOwnServer();
    const socket = await openSocket(server.url);
    socket.write(`${head(path, "Transfer-Encoding: chunked")}5\r\n{"id"\r\n`);
    await server.clock.waits(10_000);
    server.clock.advance(10_000);
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 408 .*\r\nConnection: close\r\n/isu);
    expect(server.clock.pending).toBe(0);
  });

  it.each(everyAddress)("that say that they are too long are not read: %s", async (path) => {
    const server = await startOwnServer();
    const socket = await openSocket(server.url);
    socket.write(head(path, "Content-Length: 65537"));
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 413 /u);
  });

  it("that turn out to be too long are read no further", async () => {
    const server = await startOwnServer();
    const socket = await openSocket(server.url);
    socket.write(head("/emulation", "Transfer-Encoding: chunked"));
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    for (let n = 0; n < 5; n += 1) socket.write(chunk);
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 413 /u);
  });

  it("that break off leave nothing behind", async () => {
    const server = await startOwnServer();
    const socket = await openSocket(server.url);
    socket.write(`${head("/connection/http_stream", "Content-Length: 100")}{"id":1`);
    await server.clock.waits(10_000);
    socket.destroy();
    while (server.clock.pending > 0) await nextTurn();
    expect(server.hub.clients.size).toBe(0);
  });

  it.each([
    { name: "nothing", body: "" },
    { name: "no JSON", body: "{" },
    { name: "null", body: "null" },
    { name: "a list", body: "[]" },
    { name: "a text", body: '"x"' },
    { name: "a session that is a number", body: '{"session":1,"node":"n","data":"{}"}' },
    { name: "a node that is an object", body: '{"session":"s","node":{},"data":"{}"}' },
    { name: "data that is no text", body: '{"session":"s","node":"n","data":{"id":1}}' },
    {
      name: "all of it in the prototype",
      body: '{"__proto__":{"session":"s","node":"n","data":""}}',
    },
    { name: "a deep body", body: "[".repeat(30_000) },
  ])("of the emulation endpoint with $name are refused", async ({ body }) => {
    const server = await startOwnServer();
    expect((await post(emulationUrl(server), body)).status).toBe(400);
    expect((await post(`${server.url}/connection/http_poll`, body)).status).toBe(400);
  });

  it("in Protobuf are refused where the transport has text alone, and half of one everywhere", async () => {
    const server = await startOwnServer();
    const headers = { "Content-Type": "application/octet-stream" };
    const body = Uint8Array.of(0x0a, 5, 1);
    const statuses = await Promise.all(
      everyAddress.map(async (path) => {
        const response = await fetch(`${server.url}${path}`, { method: "POST", headers, body });
        const last = response.ok ? await response.arrayBuffer() : undefined;
        return [path, response.status, last !== undefined];
      }),
    );
    expect(statuses).toEqual([
      // The stream says that it was a bad request.
      ["/connection/http_stream", 200, true],
      ["/connection/sse", 415, false],
      ["/connection/http_poll", 415, false],
      ["/connection/uni_sse", 415, false],
      ["/connection/uni_http_stream", 415, false],
      ["/emulation", 400, false],
    ]);
  });

  it("that are no UTF-8 are refused", async () => {
    const server = await startOwnServer();
    const response = await fetch(streamUrl(server), {
      method: "POST",
      body: new Uint8Array([0x7b, 0xff, 0x7d]),
    });
    expect(response.status).toBe(400);
  });

  it("are as many at once as may be", async () => {
    const server = await startOwnServer({ transports: { maxPendingRequests: 2 } });
    const sockets = [await openSocket(server.url), await openSocket(server.url)];
    for (const socket of sockets) socket.write(head("/emulation", "Content-Length: 10"));
    await server.clock.waits(10_000, 2);
    const refused = await post(emulationUrl(server), {});
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    server.clock.advance(10_000);
    for (const socket of sockets) await readAll(socket);
    expect((await post(emulationUrl(server), {})).status).toBe(400);
  });
});

describe("commands", () => {
  it.each([
    { name: "half a command", body: '{"id":1,"connect":{' },
    { name: "no command", body: "" },
    { name: "another command first", body: '{"id":1,"rpc":{"method":"x"}}' },
    { name: "bytes that are no text of the format", body: "\u0000" },
  ])("$name: the stream says bad request, and ends", async ({ body }) => {
    const server = await startOwnServer();
    const next = linesOf(await post(streamUrl(server), body));
    expect(await next()).toEqual({ push: { disconnect: { code: 3501, reason: "bad request" } } });
    expect(await next()).toBeUndefined();
    expect(server.hub.clients.size).toBe(0);
  });

  it("half a command behind a whole one: the whole one counts", async () => {
    const server = await startOwnServer();
    const { next, send } = await openStream(server);
    await send('{"id":2,"publish":{"channel":"a","data":1}}\n{"id":3,"pub');
    expect(await next()).toMatchObject({ push: { disconnect: { code: 3501 } } });
  });

  it("too many at once end the client that sends them, and no other", async () => {
    const server = await startOwnServer({
      hub: { maxPendingCommands: 1 },
      transports: { maxWaitingFrames: 4 },
    });
    server.hub.rpc("never", () => new Promise(() => undefined));
    const [bad, good] = [await openStream(server), await openStream(server)];
    const answers = Array.from({ length: 8 }, (_, n) =>
      bad.send(JSON.stringify({ id: n + 2, rpc: { method: "never" } })),
    );
    expect(await bad.next()).toMatchObject({ push: { disconnect: { code: 3013 } } });
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 204).length).toBeLessThanOrEqual(2);
    await good.send('{"id":2,"presence_stats":{"channel":"a"}}');
    expect(await good.next()).toMatchObject({ id: 2, presence_stats: { num_clients: 0 } });
  });

  it("a client that never reads is bounded, and others go on", async () => {
    const server = await startOwnServer({ hub: { maxBufferedBytes: 262_144 } });
    const body = JSON.stringify(connect);
    const deaf = await openSocket(server.url);
    deaf.pause();
    deaf.write(`${head("/connection/http_stream", `Content-Length: ${body.length}`)}${body}`);
    while (server.hub.clients.size === 0) await nextTurn();
    const [client] = server.hub.clients.values();
    const text = "x".repeat(10_000);
    // Beyond what the operating system holds for it.
    for (let n = 0; n < 5000 && server.hub.clients.size > 0; n += 1) {
      client?.send(text);
      if (n % 20 === 0) await nextTurn();
    }
    expect(server.hub.clients.size).toBe(0);
    // It is not waited for either.
    const closed = once(deaf, "close");
    server.clock.advance(5_000);
    deaf.resume();
    await closed;
    const { next } = await openStream(server);
    server.clock.advance(25_000);
    expect(await next()).toEqual({});
  });

  it("a carriage return between tokens ends no event", async () => {
    const server = await startOwnServer();
    const url = `${server.url}/connection/sse?cf_connect=${encodeURIComponent(JSON.stringify(connect))}`;
    const response = await fetch(url);
    const next = linesOf(response);
    const { session, node } = connectOf(await next());
    const send = (data: string): Promise<Response> =>
      post(emulationUrl(server), { session, node, data });
    await send('{"id":2,"subscribe":{"channel":"a"}}');
    expect(await next()).toMatchObject({ id: 2 });
    await send('{"id":3,"publish":{"channel":"a","data":{"x":\r\r1}}}');
    expect(await next()).toMatchObject({ push: { channel: "a", pub: { data: { x: 1 } } } });
  });
});

describe("sessions", () => {
  it("that nobody has, or another node, are not found, and nobody notices", async () => {
    const server = await startOwnServer();
    const { next, session, node, client, send } = await openStream(server);
    const data = '{"id":2,"presence_stats":{"channel":"forged"}}';
    const wrong = [
      { session: "guessed", node },
      { session: client, node },
      { session, node: "another" },
      { session: "", node },
      { session: "__proto__", node },
      { session: node, node: session },
    ];
    for (const address of wrong) {
      expect((await post(emulationUrl(server), { ...address, data })).status).toBe(404);
    }
    await send('{"id":3,"presence_stats":{"channel":"own"}}');
    expect(await next()).toMatchObject({ id: 3 });
  });

  it("of a stream cannot be polled, and its messages not be taken", async () => {
    const server = await startOwnServer();
    const { next, session, node } = await openStream(server);
    for (const question of [{ cursor: 0 }, { cursor: 1 }, { cursor: 0, leave: true }]) {
      const answer = await post(`${server.url}/connection/http_poll`, {
        session,
        node,
        ...question,
      });
      expect(answer.status).toBe(404);
    }
    expect(server.hub.clients.size).toBe(1);
    server.clock.advance(25_000);
    expect(await next()).toEqual({});
  });

  it("of one client do nothing for another: what is sent is the session's", async () => {
    const server = await startOwnServer();
    server.hub.rpc("who", (_, from) => from.id);
    const [ann, ben] = [await openStream(server), await openStream(server)];
    await ann.send('{"id":2,"rpc":{"method":"who"}}');
    expect(await ann.next()).toEqual({ id: 2, rpc: { data: ann.client } });
    await ben.send('{"id":2,"rpc":{"method":"who"}}');
    expect(await ben.next()).toEqual({ id: 2, rpc: { data: ben.client } });
  });

  it("are over with the connection", async () => {
    const server = await startOwnServer();
    const { send, stop } = await openStream(server);
    stop();
    while (server.hub.clients.size > 0) await nextTurn();
    expect((await send("{}")).status).toBe(404);
  });

  it("do not answer pings for ever: who sends no pong is gone", async () => {
    const server = await startOwnServer();
    const { next } = await openStream(server);
    server.clock.advance(25_000);
    expect(await next()).toEqual({});
    server.clock.advance(10_000);
    expect(await next()).toMatchObject({ push: { disconnect: { code: 3012 } } });
  });
});

describe("origins", () => {
  it.each(everyAddress)("from elsewhere are refused, and no hook is asked: %s", async (path) => {
    const server = await startOwnServer();
    let asked = 0;
    server.hub.onConnect(() => void (asked += 1));
    const forged = await post(`${server.url}${path}`, connect, { Origin: elsewhere });
    expect(forged.status).toBe(403);
    expect(forged.headers.get("access-control-allow-origin")).toBeNull();
    const preflight = await fetch(`${server.url}${path}`, {
      method: "OPTIONS",
      headers: { Origin: elsewhere, "Access-Control-Request-Method": "POST" },
    });
    expect(preflight.status).toBe(403);
    expect(asked).toBe(0);
  });

  it("on the list are told that they may, cookies included", async () => {
    const server = await startOwnServer({ transports: { allowedOrigins: [elsewhere] } });
    const preflight = await fetch(emulationUrl(server), {
      method: "OPTIONS",
      headers: { Origin: elsewhere, "Access-Control-Request-Method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      "access-control-allow-origin": elsewhere,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "POST, OPTIONS",
      "access-control-allow-headers": "Content-Type",
      vary: "Origin",
    });
    const other = await post(emulationUrl(server), {}, { Origin: "https://another.example" });
    expect(other.status).toBe(403);
  });

  it("of the same host need no permission, and get none that reaches further", async () => {
    const server = await startOwnServer();
    const response = await post(emulationUrl(server), {}, { Origin: server.url });
    expect(response.status).toBe(400);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("that may be any get no cookies", async () => {
    const server = await startOwnServer({ transports: { allowedOrigins: "any" } });
    const response = await post(emulationUrl(server), {}, { Origin: elsewhere });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
  });

  it.each([
    { name: "an image on another site", site: "cross-site" },
    { name: "a page of a sibling", site: "same-site" },
  ])("that a browser does not name, as for $name, are refused", async ({ site }) => {
    const server = await startOwnServer();
    const socket = await openSocket(server.url);
    const query = encodeURIComponent(JSON.stringify(connect));
    socket.write(
      `GET /connection/sse?cf_connect=${query} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nSec-Fetch-Site: ${site}\r\n\r\n`,
    );
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 403 /u);
  });
});

describe("addresses", () => {
  it.each([
    { query: "", status: 400 },
    { query: "?cf_connect=", status: 400 },
    {
      query: `?cf_connect=${encodeURIComponent('{"id":1,"connect":{}}\n{"id":2,"rpc":{}}')}`,
      status: 400,
    },
  ])(
    "take a connect command in a query, and nothing beside it: $query",
    async ({ query, status }) => {
      const server = await startOwnServer();
      expect((await fetch(`${server.url}/connection/sse${query}`)).status).toBe(status);
    },
  );

  it.each(everyAddress)("name their methods: %s", async (path) => {
    const server = await startOwnServer();
    const response = await fetch(`${server.url}${path}`, { method: "DELETE" });
    expect([response.status, response.headers.get("allow")]).toEqual([
      405,
      path.endsWith("sse") ? "GET, POST, OPTIONS" : "POST, OPTIONS",
    ]);
  });

  it("are held by no proxy, and guessed by no browser", async () => {
    const server = await startOwnServer();
    const { headers } = await post(streamUrl(server), connect);
    expect(Object.fromEntries(headers)).toMatchObject({
      "cache-control": expect.stringContaining("no-transform"),
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
      "content-type": "application/x-ndjson",
    });
  });

  it("take no more than there is room for", async () => {
    const server = await startOwnServer({ transports: { maxConnections: 1 } });
    const { next } = await openStream(server);
    expect((await post(streamUrl(server), connect)).status).toBe(503);
    expect((await post(`${server.url}/connection/http_poll`, { data: "{}" })).status).toBe(503);
    for (const one of server.hub.clients.values()) one.disconnect();
    expect(await next()).toMatchObject({ push: { disconnect: { code: 3503 } } });
  });

  it("take nothing while they close", async () => {
    const server = await startOwnServer();
    const { next } = await openStream(server);
    const closed = server.transports.close();
    expect((await post(streamUrl(server), connect)).status).toBe(503);
    expect(await next()).toMatchObject({ push: { disconnect: { code: 3001 } } });
    await closed;
  });
});
