import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type {
  ClientHttp2Session,
  Http2ServerResponse,
  IncomingHttpHeaders,
  ServerHttp2Stream,
} from "node:http2";
import { connect as connectTls } from "node:tls";
import { WebSocketServer } from "@tautline/node";
import type {
  Connection,
  ConnectionEnd,
  IncomingStream,
  ServerOptions,
  UpgradeRequest,
} from "@tautline/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { RawStream, cleartextServer, constants, secureServer, session } from "../http2-peers.ts";
import { clientFrame, echo, next, open, upgradeRequest } from "../servers.ts";

const hello = clientFrame(1, "hello");
const helloBack = Buffer.from("\x81\x05hello", "latin1");
const normalClose = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);
const normalCloseBack = Buffer.from([0x88, 0x02, 0x03, 0xe8]);

function newServer(options?: ServerOptions): WebSocketServer {
  const server = new WebSocketServer(options);
  onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
  return server;
}

/** A server of HTTP/2 and HTTP/1.1 with a WebSocketServer on it. */
async function attached(options?: ServerOptions, onRequest?: Parameters<typeof secureServer>[0]) {
  const { server: httpServer, port } = await secureServer(onRequest);
  const server = newServer(options);
  server.attach(httpServer);
  const client = await session(`https://127.0.0.1:${port}`);
  return { httpServer, server, port, client };
}

function nextConnection(server: WebSocketServer): Promise<[Connection, UpgradeRequest]> {
  return new Promise((resolve) => {
    const stop = server.onConnection((connection, request) => {
      stop();
      resolve([connection, request]);
    });
  });
}

describe("a secure server of HTTP/2", () => {
  it("says that it takes extended CONNECT, and keeps to it [RFC8441-3-1] [RFC8441-3-2]", async () => {
    const { server: httpServer, port } = await secureServer();
    const values: (boolean | undefined)[] = [];
    const detach = newServer().attach(httpServer);
    const client = await session(`https://127.0.0.1:${port}`);
    client.on("remoteSettings", (settings) => void values.push(settings.enableConnectProtocol));
    expect(client.remoteSettings.enableConnectProtocol).toBe(true);
    detach();
    newServer().attach(httpServer);
    await RawStream.opened(client);
    expect(values).toEqual([]);
  });

  it("opens a WebSocket over a stream [RFC8441-5-1] [RFC8441-5-7]", async () => {
    const { client, server } = await attached({ subprotocols: ["chat"], onConnection: echo });
    const arrived = nextConnection(server);
    const raw = await RawStream.opened(client, {
      ":path": "/room?user=ada",
      "sec-websocket-protocol": "chat",
      cookie: "a=b",
    });
    expect(await raw.head()).toMatchObject({ ":status": 200, "sec-websocket-protocol": "chat" });
    const [connection, request] = await arrived;
    expect(connection.state).toBe("open");
    expect(connection.subprotocol).toBe("chat");
    expect([connection.encrypted, connection.remoteAddress]).toEqual([true, "127.0.0.1"]);
    expect([request.httpVersion, request.method]).toEqual(["2.0", "CONNECT"]);
    expect([request.path, request.query.get("user")]).toEqual(["/room", "ada"]);
    expect(request.headers).toEqual({
      cookie: "a=b",
      "sec-websocket-protocol": "chat",
      "sec-websocket-version": "13",
    });
    expect(request.host).toMatch(/^127\.0\.0\.1:\d+$/);
    expect([request.remoteAddress, request.offeredSubprotocols]).toEqual(["127.0.0.1", ["chat"]]);
    expect(request.peerCertificate).toBeUndefined();
    raw.stream.write(hello);
    expect(await raw.bytes(7)).toEqual(helloBack);
  });

  it("gives the request as Node.js has it to who wants that, and survives what happens to it", async () => {
    const { client, server } = await attached();
    const arrived = nextConnection(server);
    const raw = await RawStream.opened(client);
    const [connection, request] = await arrived;
    expect(request.raw.httpVersion).toBe("2.0");
    expect(request.raw).toBe(request.raw);
    expect(request.raw.headers[":protocol"]).toBe("websocket");
    raw.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    expect(await connection.closed).toMatchObject({ code: 1006 });
  });

  it("takes upgrades of HTTP/1.1 on the same port", async () => {
    const { port, client, server } = await attached({ onConnection: echo });
    const versions: string[] = [];
    server.onConnection((_connection, request) => void versions.push(request.httpVersion));
    const old = await open(`wss://127.0.0.1:${port}/`, { tls: { rejectUnauthorized: false } });
    await RawStream.opened(client);
    old.send("hello");
    expect(await next(old)).toBe("hello");
    expect(versions).toEqual(["1.1", "2.0"]);
  });

  it("works without TLS, with clients that know", async () => {
    const { server: httpServer, port } = await cleartextServer();
    const server = newServer({ onConnection: echo });
    server.attach(httpServer);
    const raw = await RawStream.opened(await session(`http://127.0.0.1:${port}`));
    raw.stream.write(hello);
    expect(await raw.bytes(7)).toEqual(helloBack);
    expect([...server.connections].map(({ encrypted }) => encrypted)).toEqual([false]);
  });

  it("gives each path to its server, and 404 to paths that nobody has", async () => {
    const { server: httpServer, port } = await secureServer();
    newServer({ path: "/chat", onConnection: (c) => void c.send("chat!") }).attach(httpServer);
    newServer({ onConnection: (c) => void c.send("game!") }).attach(httpServer, { path: "/game" });
    const client = await session(`https://127.0.0.1:${port}`);
    const chat = await RawStream.opened(client, { ":path": "/chat?room=1" });
    const game = await RawStream.opened(client, { ":path": "/game" });
    expect((await chat.bytes(7)).toString()).toContain("chat!");
    expect((await game.bytes(7)).toString()).toContain("game!");
    const other = new RawStream(client, { ":path": "/other" });
    expect(await other.head()).toMatchObject({ ":status": 404 });
    expect(await other.closeCode()).toBe(constants.NGHTTP2_NO_ERROR);
  });
});

type StreamArguments = [ServerHttp2Stream, IncomingHttpHeaders, number, string[]];

function answerPlainly(_request: unknown, response: ServerResponse | Http2ServerResponse): void {
  response.end("plain");
}

/** A server of HTTP/2 that says by itself that it takes extended CONNECT, and tells of it with `event`. */
function connectServer(event: "connect" | "stream"): ReturnType<typeof secureServer> {
  // Node.js tells of 'connect' where somebody listens for 'request', and then refuses what nobody takes.
  return secureServer(event === "connect" ? answerPlainly : undefined, {
    settings: { enableConnectProtocol: true },
  });
}

/** A server of HTTP/2 that gives what comes over extended CONNECT to `server`. */
async function byHand(
  server: WebSocketServer,
  event: "connect" | "stream",
): Promise<{ client: ClientHttp2Session; refusals: unknown[] }> {
  const { server: httpServer, port } = await connectServer(event);
  const refusals: unknown[] = [];
  const upgrade = (request: IncomingStream): void => {
    server.upgrade(request).catch((error: unknown) => void refusals.push(error));
  };
  if (event === "connect") httpServer.on("connect", upgrade);
  else {
    httpServer.on("stream", (...[stream, headers, , rawHeaders]: StreamArguments) => {
      upgrade({ stream, headers, rawHeaders });
    });
  }
  return { client: await session(`https://127.0.0.1:${port}`), refusals };
}

describe("an extended CONNECT that is upgraded by hand", () => {
  it.each(["connect", "stream"] as const)(
    "as '%s' tells of it becomes a connection",
    async (event) => {
      const server = newServer({ subprotocols: ["chat"], path: "/elsewhere", onConnection: echo });
      const arrived = nextConnection(server);
      const { client, refusals } = await byHand(server, event);
      const raw = await RawStream.opened(client, { "sec-websocket-protocol": "chat" });
      expect(await raw.head()).toMatchObject({ ":status": 200, "sec-websocket-protocol": "chat" });
      raw.stream.write(hello);
      expect(await raw.bytes(7)).toEqual(helloBack);
      const [connection, request] = await arrived;
      expect(request.raw.headers[":protocol"]).toBe("websocket");
      raw.stream.write(normalClose);
      expect(await raw.bytes(4)).toEqual(normalCloseBack);
      raw.stream.end();
      expect(await connection.closed).toMatchObject({ code: 1000, wasClean: true });
      expect(await raw.closeCode()).toBe(constants.NGHTTP2_NO_ERROR);
      expect(refusals).toEqual([]);
    },
  );

  it.each(["connect", "stream"] as const)(
    "as '%s' tells of it is refused for what is wrong",
    async (event) => {
      const { client, refusals } = await byHand(newServer(), event);
      const raw = new RawStream(client, { "sec-websocket-version": "8" });
      expect(await raw.head()).toMatchObject({ ":status": 400, "sec-websocket-version": "13" });
      expect(await raw.closeCode()).toBe(constants.NGHTTP2_NO_ERROR);
      expect(refusals).toEqual([expect.objectContaining({ code: "HANDSHAKE_VERSION" })]);
    },
  );

  it("is upgraded once", async () => {
    const { server: httpServer, port } = await connectServer("connect");
    const second = new Promise<unknown>((resolve) => {
      httpServer.on("connect", (request) => {
        void newServer({ onConnection: echo }).upgrade(request);
        newServer().upgrade(request).catch(resolve);
      });
    });
    const raw = await RawStream.opened(await session(`https://127.0.0.1:${port}`));
    expect(await second).toMatchObject({ code: "USAGE_SOCKET_TAKEN" });
    raw.stream.write(hello);
    expect(await raw.bytes(7)).toEqual(helloBack);
  });
});

describe("a shutdown", () => {
  it("closes the WebSockets of a session, and leaves the session to its owner", async () => {
    const { client, server } = await attached({}, (_request, response) => response.end("plain"));
    const url = "wss://127.0.0.1/";
    const clients = [await open(url, { http2: client }), await open(url, { http2: client })];
    await server.shutdown({ code: 1012, reason: "back soon" });
    for (const { closed } of clients) {
      expect(await closed).toMatchObject({ code: 1012, reason: "back soon", wasClean: true });
    }
    const chunks = await client.request({ ":path": "/" }).setEncoding("utf8").toArray();
    expect(chunks).toEqual(["plain"]);
  });

  const resets: [string, (raw: RawStream) => unknown][] = [
    ["CANCEL", (raw) => raw.stream.close(constants.NGHTTP2_CANCEL)],
    ["another reset", (raw) => raw.stream.close(constants.NGHTTP2_INTERNAL_ERROR)],
    ["END_STREAM", (raw) => raw.stream.end()],
    ["half a Close frame", (raw) => raw.stream.end(normalClose.subarray(0, 3))],
  ];
  it.each(resets)("that a peer answers with %s instead of Close goes on", async (_name, act) => {
    const { client, server } = await attached();
    const raw = await RawStream.opened(client);
    const [connection] = [...server.connections];
    const other = await open("wss://127.0.0.1/", { http2: client });
    const over = server.shutdown();
    // The Close frame of the server.
    expect((await raw.bytes(4)).subarray(0, 2)).toEqual(Buffer.of(0x88, 0x02));
    act(raw);
    expect(await connection?.closed).toMatchObject({ code: 1006 });
    expect(await other.closed).toMatchObject({ code: 1001, wasClean: true });
    await over;
    expect(server.connections.size).toBe(0);
    expect(client.destroyed).toBe(false);
  });

  it("refuses newcomers with 503 while others are being closed", async () => {
    const { client, server } = await attached();
    const raw = await RawStream.opened(client);
    const over = server.shutdown();
    await raw.bytes(4);
    expect(await new RawStream(client).head()).toMatchObject({ ":status": 503 });
    raw.stream.end(normalClose);
    await over;
  });
});

describe("an orderly end and a reset", () => {
  const closes: [string, (raw: RawStream) => unknown, Partial<ConnectionEnd>][] = [
    ["END_STREAM", (raw) => raw.stream.end(), { code: 1006 }],
    ["END_STREAM behind a Close frame", (raw) => raw.stream.end(normalClose), { code: 1000 }],
    ["CANCEL", (raw) => raw.stream.close(constants.NGHTTP2_CANCEL), { code: 1006 }],
    ["a reset for another reason", (raw) => raw.stream.close(2), { code: 1006 }],
    ["the end of the session", (raw) => raw.stream.session?.destroy(), { code: 1006 }],
  ];
  it.each(closes)(
    "%s ends the connection [RFC8441-5-8] [RFC8441-5-9]",
    async (_name, act, expected) => {
      const { client, server } = await attached();
      const arrived = nextConnection(server);
      const raw = await RawStream.opened(client);
      const [connection] = await arrived;
      act(raw);
      expect(await connection.closed).toMatchObject(expected);
      expect(server.connections.size).toBe(0);
      await raw.closeCode();
    },
  );

  it("of the server's follow the closing handshake: END_STREAM [RFC8441-5-8]", async () => {
    const { client } = await attached();
    const raw = await RawStream.opened(client);
    raw.stream.write(normalClose);
    expect(await raw.bytes(4)).toEqual(normalCloseBack);
    expect(await raw.end()).toBe(true);
    raw.stream.end();
    expect(await raw.closeCode()).toBe(constants.NGHTTP2_NO_ERROR);
  });

  it("of a connection that is given up: RST_STREAM with CANCEL [RFC8441-5-9]", async () => {
    const { client, server } = await attached();
    const arrived = nextConnection(server);
    const raw = await RawStream.opened(client);
    const [connection] = await arrived;
    connection.terminate();
    expect(await raw.closeCode()).toBe(constants.NGHTTP2_CANCEL);
    expect((await connection.closed).code).toBe(1006);
  });

  it("of a peer that leaves its half open: CANCEL once the time is up", async () => {
    const { client } = await attached({ closeTimeoutMs: 30 });
    const raw = await RawStream.opened(client);
    raw.stream.write(normalClose);
    expect(await raw.end()).toBe(true);
    expect(await raw.closeCode()).toBe(constants.NGHTTP2_CANCEL);
  });
});

describe("streams of one session", () => {
  it("are connections of their own: one's failure is not the others'", async () => {
    const { client, server } = await attached({ onConnection: echo });
    const raws = await Promise.all(Array.from({ length: 50 }, () => RawStream.opened(client)));
    expect(server.connections.size).toBe(50);
    const [bad, lost, ...good] = raws;
    bad!.stream.write(Buffer.of(0xff, 0x80, 1, 2, 3, 4));
    expect([...(await bad!.bytes(4))]).toEqual([0x88, expect.anything(), 0x03, 0xea]);
    lost!.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    await lost!.closeCode();
    for (const raw of good) raw.stream.write(hello);
    const echoes = await Promise.all(good.map((raw) => raw.bytes(7)));
    expect(new Set(echoes.map(String)).size).toBe(1);
  });

  it("that nobody reads hold back their peer, and not the others", async () => {
    const { client, server } = await attached({ maxUnreadBytes: 1, maxUnreadMessages: 1 });
    const arrived = nextConnection(server);
    const slow = await RawStream.opened(client);
    const [slowConnection] = await arrived;
    const message = clientFrame(2, new Uint8Array(60_000));
    for (let sent = 0; sent < 100; sent += 1) slow.stream.write(message);
    server.onConnection(echo);
    const quick = await RawStream.opened(client);
    for (let trip = 0; trip < 20; trip += 1) {
      quick.stream.write(hello);
      expect(await quick.bytes(7)).toEqual(helloBack);
    }
    expect(slow.stream.writableLength).toBeGreaterThan(5_000_000);
    let received = 0;
    for await (const _message of slowConnection) {
      received += 1;
      if (received === 100) break;
    }
    expect(received).toBe(100);
  });

  it("whose peer does not read fill the queue, and not the others'", async () => {
    const { client, server } = await attached();
    const arrived = nextConnection(server);
    const slow = await RawStream.opened(client);
    slow.stream.pause();
    const [connection] = await arrived;
    for (let sent = 0; sent < 10; sent += 1) connection.send(new Uint8Array(100_000));
    server.onConnection(echo);
    const quick = await RawStream.opened(client);
    quick.stream.write(hello);
    expect(await quick.bytes(7)).toEqual(helloBack);
    expect(connection.bufferedBytes).toBeGreaterThan(500_000);
    const drained = connection.drained();
    slow.stream.resume();
    await drained;
  });
});

describe("what else the application does with the server", () => {
  it("goes on: its requests are its own, and it never sees the WebSockets", async () => {
    const asked: string[] = [];
    const { client } = await attached({ path: "/ws", onConnection: echo }, (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end("plain");
    });
    const raw = await RawStream.opened(client, { ":path": "/ws" });
    const plain = client.request({ ":path": "/ws" });
    const chunks = await plain.setEncoding("utf8").toArray();
    expect(chunks).toEqual(["plain"]);
    raw.stream.write(hello);
    expect(await raw.bytes(7)).toEqual(helloBack);
    expect(asked).toEqual(["GET /ws"]);
  });

  it("may answer every stream: WebSockets are not among them", async () => {
    const { httpServer, client } = await attached({ path: "/ws", onConnection: echo });
    const seen: unknown[] = [];
    httpServer.on("stream", (stream, headers) => {
      seen.push(headers[":path"]);
      stream.respond({ ":status": 203 }, { endStream: true });
    });
    const raw = await RawStream.opened(client, { ":path": "/ws" });
    raw.stream.write(hello);
    expect(await raw.bytes(7)).toEqual(helloBack);
    const other = await RawStream.opened(client, { ":path": "/other" });
    expect(await other.head()).toMatchObject({ ":status": 203 });
    expect(seen).toEqual(["/other"]);
  });

  it("may be another protocol over extended CONNECT; without, it is refused with 501", async () => {
    const { httpServer, client } = await attached(undefined, (_request, response) => {
      response.end("plain");
    });
    const fields = { ":protocol": "connect-udp" };
    expect(await new RawStream(client, fields).head()).toMatchObject({ ":status": 501 });
    httpServer.on("connect", (_request, response) => response.writeHead(299).end());
    expect(await new RawStream(client, fields).head()).toMatchObject({ ":status": 299 });
  });

  it("may be a proxy for CONNECT; without one Node.js refuses, and nobody opens a tunnel [RFC8441-4-3]", async () => {
    const reached: unknown[] = [];
    const target = await cleartextServer();
    target.server.on("connection", (socket) => void reached.push(socket));
    const { client, httpServer } = await attached(undefined, (_request, response) => {
      response.end("plain");
    });
    const authority = `127.0.0.1:${target.port}`;
    const plain = client.request({ ":method": "CONNECT", ":authority": authority });
    plain.on("error", () => undefined);
    expect((await once(plain, "response"))[0]).toMatchObject({ ":status": 405 });
    // To the same place, as a WebSocket: it is this server's, whatever the name it is called by.
    const raw = await RawStream.opened(client, { ":authority": authority });
    expect(await raw.head()).toMatchObject({ ":status": 200 });
    httpServer.on("connect", (_request, response) => response.writeHead(299).end());
    const proxied = client.request({ ":method": "CONNECT", ":authority": authority });
    expect((await once(proxied, "response"))[0]).toMatchObject({ ":status": 299 });
    expect(reached).toEqual([]);
  });

  it("may answer a WebSocket for a path that nobody has", async () => {
    const { httpServer, client } = await attached({ path: "/ws" });
    httpServer.on("stream", (stream) => {
      stream.respond({ ":status": 299 }, { endStream: true });
    });
    const other = new RawStream(client, { ":path": "/other" });
    expect(await other.head()).toMatchObject({ ":status": 299 });
  });

  it("is all there is when the last WebSocket server has gone", async () => {
    const { server: httpServer, port } = await secureServer((_request, response) => {
      response.end("plain");
    });
    const detach = newServer({ onConnection: echo }).attach(httpServer);
    const client = await session(`https://127.0.0.1:${port}`);
    const raw = await RawStream.opened(client);
    detach();
    expect(httpServer.listenerCount("session")).toBe(0);
    expect(await new RawStream(client).head()).toMatchObject({ ":status": 405 });
    raw.stream.write(hello);
    expect(await raw.bytes(7)).toEqual(helloBack);
  });

  it("hears of a CONNECT in HTTP/1.1 as before: not at all", async () => {
    const { port } = await attached();
    const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
    onTestFinished(() => void socket.destroy());
    socket.on("error", () => undefined);
    const received: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => void received.push(chunk));
    socket.write(upgradeRequest().replace("GET / ", "CONNECT a.example:443 "));
    await once(socket, "close");
    expect(received).toEqual([]);
  });
});
