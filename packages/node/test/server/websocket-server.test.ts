import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Duplex } from "node:stream";
import { WebSocketServer } from "@tautline/node";
import type { Connection, Message, ServerOptions, UpgradeRequest } from "@tautline/node";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  RawClient,
  clientFrame,
  echo,
  letThingsHappen,
  next,
  open,
  serve,
  upgradeRequest,
} from "../servers.ts";
import { takeUncaught } from "../uncaught.ts";

async function listen(httpServer: HttpServer): Promise<number> {
  onTestFinished(() => {
    httpServer.closeAllConnections();
    httpServer.close();
  });
  httpServer.listen(0, "127.0.0.1");
  await once(httpServer, "listening");
  return (httpServer.address() as AddressInfo).port;
}

function newServer(options?: ServerOptions): WebSocketServer {
  const server = new WebSocketServer(options);
  onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
  return server;
}

interface Answer {
  readonly status: number;
  readonly headers: Map<string, string>;
  readonly body: string;
}

/** Sends `request` and reads the answer as an HTTP client would, to the end of the connection. */
async function ask(port: number, request: string): Promise<Answer> {
  const raw = await RawClient.connect(port);
  raw.socket.write(request);
  const head = (await raw.head()).split("\r\n");
  const headers = new Map(
    head.slice(1, -2).map((line) => {
      const [name, value] = line.split(": ");
      return [name!.toLowerCase(), value!];
    }),
  );
  const body = await raw.all();
  return { status: Number(head[0]!.split(" ")[1]), headers, body };
}

describe("a refused handshake", () => {
  const rows: [number, string, Parameters<typeof upgradeRequest>[0], Record<string, string>][] = [
    [400, "without a key", { headers: { "Sec-WebSocket-Key": undefined } }, {}],
    [400, "with a short key", { headers: { "Sec-WebSocket-Key": "c2hvcnQ=" } }, {}],
    [
      426,
      "for another version",
      { headers: { "Sec-WebSocket-Version": "8" } },
      { "sec-websocket-version": "13" },
    ],
    [405, "by POST", { method: "POST" }, { allow: "GET" }],
    [403, "from a foreign page", { headers: { Origin: "https://elsewhere.example" } }, {}],
    [426, "to something else", { headers: { Upgrade: "h2c" } }, {}],
    [404, "for another path", { path: "/other" }, {}],
    [404, "for another path that only begins like it", { path: "/ws/more" }, {}],
  ];
  it.each(rows)("is well-formed HTTP %i: %s", async (status, _name, options, headers) => {
    const { port, server } = await serve({ path: "/ws" });
    const answer = await ask(port, upgradeRequest({ path: "/ws", ...options }));
    expect(answer.status).toBe(status);
    expect(answer.headers.get("connection")).toMatch(/^close/);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(Number(answer.headers.get("content-length"))).toBe(Buffer.byteLength(answer.body));
    expect(answer.body.length).toBeGreaterThan(3);
    for (const [name, value] of Object.entries(headers)) {
      expect(answer.headers.get(name)).toBe(value);
    }
    expect(server.connections.size).toBe(0);
  });

  it("arrives although the peer has sent more than its request", async () => {
    const { port } = await serve();
    const request = upgradeRequest({ headers: { "Sec-WebSocket-Version": "8" } });
    const answer = await ask(port, request + "x".repeat(200_000));
    expect(answer.status).toBe(426);
  });

  it("is reported with its request, and needs nobody to listen", async () => {
    const errors: [string, string | undefined][] = [];
    const { port, server } = await serve();
    const request = upgradeRequest({
      path: "/a?b=c",
      headers: { Origin: "https://elsewhere.example" },
    });
    await ask(port, request);
    const remove = server.onError((error, upgrade) => {
      errors.push(["code" in error ? String(error.code) : "", upgrade?.target]);
    });
    await ask(port, request);
    remove();
    await ask(port, request);
    expect(errors).toEqual([["HANDSHAKE_ORIGIN", "/a?b=c"]]);
  });

  it("is one when the server is full: 503, until there is room", async () => {
    const { port, server, url } = await serve({ maxConnections: 1 });
    const first = await open(url);
    expect((await ask(port, upgradeRequest())).status).toBe(503);
    const [accepted] = [...server.connections];
    first.close();
    await accepted!.closed;
    expect((await open(url)).state).toBe("open");
  });

  it("is one when the choice of a subprotocol throws: 500, and the bug surfaces", async () => {
    const uncaught = takeUncaught();
    const bug = new Error("a bug in the choice");
    const { port } = await serve({
      subprotocols: () => {
        throw bug;
      },
    });
    const request = upgradeRequest({ headers: { "Sec-WebSocket-Protocol": "chat" } });
    expect((await ask(port, request)).status).toBe(500);
    expect(uncaught).toEqual([bug]);
  });
});

describe("the own port", () => {
  it("answers plain requests with 426", async () => {
    const { port } = await serve();
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.status).toBe(426);
    expect(response.headers.get("upgrade")).toBe("websocket");
    expect(await response.text()).toContain("WebSocket");
  });

  it("lets go of a peer that takes too long for its request", async () => {
    const { port } = await serve({ handshakeTimeoutMs: 40 });
    for (const beginning of ["", "GET / HTTP/1.1\r\nHost: a\r\n"]) {
      const raw = await RawClient.connect(port);
      raw.socket.write(beginning);
      expect(await raw.all()).toMatch(/^HTTP\/1.1 408 |^$/);
    }
  });

  it("refuses a head that is too large", async () => {
    const { port } = await serve({ maxHeadBytes: 2000 });
    const headers = { "X-Padding": "x".repeat(4000) };
    expect((await ask(port, upgradeRequest({ headers }))).status).toBe(431);
  });

  it("refuses a head with too many headers, wherever the needed ones stand", async () => {
    const { port } = await serve({ maxHeadBytes: 100_000 });
    const padding = Object.fromEntries(
      Array.from({ length: 2100 }, (_, index) => [`X-${index}`, ""]),
    );
    const [line, ...rest] = upgradeRequest().split("\r\n");
    const fields = Object.keys(padding).map((name) => `${name}: 1`);
    const answer = await ask(port, [line, ...fields, ...rest].join("\r\n"));
    expect([431, 426]).toContain(answer.status);
  });

  it("that is taken is an error of listen(), and another may be tried", async () => {
    const { port } = await serve();
    const server = newServer({ onError: () => expect.unreachable() });
    await expect(server.listen({ port, host: "127.0.0.1" })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    const address = await server.listen({ port: 0, host: "127.0.0.1" });
    expect(address.port).toBeGreaterThan(0);
    await expect(server.listen()).rejects.toMatchObject({ code: "USAGE_SERVER_STATE" });
  });

  it("is not opened when the signal is aborted before, and closed when it is aborted later", async () => {
    const reason = new Error("changed my mind");
    const server = newServer();
    await expect(server.listen({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

    const early = new AbortController();
    const opening = server.listen({ host: "127.0.0.1", signal: early.signal });
    early.abort(reason);
    await expect(opening).rejects.toBe(reason);

    const late = new AbortController();
    const { port } = await server.listen({ host: "127.0.0.1", signal: late.signal });
    const client = await open(`ws://127.0.0.1:${port}/`);
    late.abort();
    expect(await client.closed).toMatchObject({ code: 1001 });
  });
});

describe("a shared http server", () => {
  it("gives each path to its server, the rest to others, and 404 when there are none", async () => {
    const httpServer = createServer((_request, response) => response.end("plain"));
    const port = await listen(httpServer);
    const [chat, rest] = [newServer({ path: "/chat" }), newServer()];
    chat.onConnection((connection) => connection.send("chat"));
    rest.onConnection((connection) => connection.send("game"));
    chat.attach(httpServer);
    const detach = rest.attach(httpServer, { path: "/game" });
    expect(httpServer.listenerCount("upgrade")).toBe(1);
    const url = `ws://127.0.0.1:${port}`;

    expect(await next(await open(`${url}/chat?room=1`))).toBe("chat");
    expect(await next(await open(`${url}/game`))).toBe("game");
    expect((await ask(port, upgradeRequest({ path: "/other" }))).status).toBe(404);
    expect(await (await fetch(`http://127.0.0.1:${port}/chat`)).text()).toBe("plain");

    const foreign: string[] = [];
    httpServer.on("upgrade", (request, socket) => {
      foreign.push(request.url ?? "");
      if (request.url === "/other") socket.end("HTTP/1.1 299 Foreign\r\n\r\n");
    });
    expect((await ask(port, upgradeRequest({ path: "/other" }))).status).toBe(299);
    expect(await next(await open(`${url}/game`))).toBe("game");

    detach();
    detach();
    httpServer.removeAllListeners("upgrade");
    newServer().attach(httpServer);
    expect(foreign).toEqual(["/other", "/game"]);
  });

  it("is let go of completely when the last one detaches", async () => {
    const httpServer = createServer();
    const detach = [newServer({ path: "/a" }), newServer()].map((server) =>
      server.attach(httpServer),
    );
    for (const one of detach) one();
    expect(httpServer.listenerCount("upgrade")).toBe(0);
  });

  it("has no path twice", () => {
    const httpServer = createServer();
    const taken = expect.objectContaining({ code: "USAGE_PATH_TAKEN" });
    newServer({ path: "/a" }).attach(httpServer);
    expect(() => newServer({ path: "/a" }).attach(httpServer)).toThrow(taken);
    newServer().attach(httpServer);
    expect(() => newServer().attach(httpServer)).toThrow(taken);
  });

  it("serves what no path takes to the one without a path", async () => {
    const httpServer = createServer();
    const port = await listen(httpServer);
    const seen: string[] = [];
    const fallback = newServer({ onConnection: (_c, request) => void seen.push(request.path) });
    fallback.attach(httpServer);
    newServer({ path: "/own" }).attach(httpServer);
    await open(`ws://127.0.0.1:${port}/own`);
    await open(`ws://127.0.0.1:${port}/any/path?x=1`);
    expect(seen).toEqual(["/any/path"]);
  });
});

async function byHand(
  server: WebSocketServer,
  before: (socket: Duplex) => Promise<unknown> = () => Promise.resolve(),
): Promise<{ port: number; connection: Promise<Connection> }> {
  const httpServer = createServer();
  const port = await listen(httpServer);
  const connection = new Promise<Connection>((resolve, reject) => {
    httpServer.on("upgrade", (request, socket, head) => {
      socket.on("error", () => undefined);
      before(socket)
        .then(() => server.upgrade(request, socket, head))
        .then(resolve, reject);
    });
  });
  connection.catch(() => undefined);
  return { port, connection };
}

describe("a request upgraded by hand", () => {
  it("loses no message although the caller takes its time", async () => {
    const { port, connection } = await byHand(newServer(), () => letThingsHappen());
    const raw = await RawClient.connect(port);
    raw.socket.write(Buffer.concat([Buffer.from(upgradeRequest()), clientFrame(1, "first")]));
    raw.socket.write(clientFrame(1, "second"));
    const received: Message[] = [];
    for await (const message of await connection) {
      received.push(message);
      if (received.length === 2) break;
    }
    expect(received).toEqual(["first", "second"]);
  });

  it("leaves the bytes behind the request as they were", async () => {
    const server = newServer();
    const httpServer = createServer();
    const port = await listen(httpServer);
    const heads: [Buffer, Buffer][] = [];
    const accepted = new Promise<Connection>((resolve, reject) => {
      httpServer.on("upgrade", (request, socket, head) => {
        const before = Buffer.from(head);
        server.upgrade(request, socket, head).then((connection) => {
          heads.push([before, head]);
          resolve(connection);
        }, reject);
      });
    });
    const raw = await RawClient.connect(port);
    const masked = Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x60, 0x60]);
    raw.socket.write(Buffer.concat([Buffer.from(upgradeRequest()), masked]));
    expect(await next(await accepted)).toBe("ab");
    const [[before, after]] = heads as [[Buffer, Buffer]];
    expect(before).toEqual(masked);
    expect(after).toEqual(before);
  });

  it("rejects with the reason when it is refused, after the peer has been told", async () => {
    const { port, connection } = await byHand(newServer());
    const answer = await ask(port, upgradeRequest({ headers: { "Sec-WebSocket-Key": undefined } }));
    expect(answer.status).toBe(400);
    await expect(connection).rejects.toMatchObject({
      name: "ProtocolViolation",
      code: "HANDSHAKE_KEY",
    });
  });

  it("rejects when the peer has gone meanwhile", async () => {
    const { port, connection } = await byHand(newServer(), (socket) => {
      raw.socket.resetAndDestroy();
      socket.resume();
      return new Promise((resolve) => {
        socket.on("close", resolve);
      });
    });
    const raw = await RawClient.connect(port);
    raw.socket.write(upgradeRequest());
    await expect(connection).rejects.toMatchObject({ code: "CONNECTION_LOST" });
  });

  it("cannot be upgraded twice", async () => {
    const server = newServer();
    const httpServer = createServer();
    const port = await listen(httpServer);
    const second = new Promise<unknown>((resolve) => {
      httpServer.on("upgrade", (request, socket, head) => {
        void server.upgrade(request, socket, head);
        newServer().upgrade(request, socket, head).catch(resolve);
      });
    });
    const client = await open(`ws://127.0.0.1:${port}/`);
    expect(await second).toMatchObject({ code: "USAGE_SOCKET_TAKEN" });
    expect(client.state).toBe("open");
    expect(server.connections.size).toBe(1);
  });

  it("works over a stream that is no socket", async () => {
    const written: Buffer[] = [];
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, callback) => {
        written.push(chunk);
        callback();
      },
    });
    const server = newServer({ onConnection: echo });
    const httpServer = createServer();
    const port = await listen(httpServer);
    const handled = new Promise<Connection>((resolve, reject) => {
      httpServer.on("upgrade", (request, socket) => {
        socket.destroy();
        server.upgrade(request, stream, Buffer.alloc(0)).then(resolve, reject);
      });
    });
    const raw = await RawClient.connect(port);
    raw.socket.write(upgradeRequest());
    const connection = await handled;
    stream.push(clientFrame(1, "hello"));
    stream.push(null);
    await connection.closed;
    expect(connection.remoteAddress).toBeUndefined();
    expect(written[0]!.toString()).toMatch(/^HTTP\/1.1 101 /);
    expect(Buffer.from(written[1]!)).toEqual(Buffer.from("\x81\x05hello", "latin1"));
  });
});

describe("a connection's request", () => {
  it("tells path, query, headers and address, and the subprotocol agreed on", async () => {
    const requests: UpgradeRequest[] = [];
    const { url } = await serve({
      subprotocols: ["superchat", "chat"],
      onConnection: (_connection, request) => void requests.push(request),
    });
    const client = await open(`${url}room%201?user=J%C3%BCrgen&x=1?2`, {
      subprotocols: ["chat", "other"],
      headers: { Cookie: "a=b", "X-Twice": ["1", "2"] },
    });
    const [request] = requests;
    expect(client.subprotocol).toBe("chat");
    expect(request!.target).toBe("/room%201?user=J%C3%BCrgen&x=1?2");
    expect(request!.path).toBe("/room%201");
    expect([...request!.query]).toEqual([
      ["user", "Jürgen"],
      ["x", "1?2"],
    ]);
    expect(request!.query).toBe(request!.query);
    expect(request!.headers).toMatchObject({ cookie: "a=b", "x-twice": "1, 2" });
    expect(request!.remoteAddress).toBe("127.0.0.1");
    expect(request!.raw.method).toBe("GET");
  });

  it("may have its target in absolute form", async () => {
    const requests: UpgradeRequest[] = [];
    const { port } = await serve({
      path: "/ws",
      onConnection: (_connection, request) => void requests.push(request),
    });
    await RawClient.opened(port, "http://127.0.0.1/ws?x=1");
    expect([requests[0]!.path, requests[0]!.query.get("x")]).toEqual(["/ws", "1"]);
    expect((await ask(port, upgradeRequest({ path: "http://127.0.0.1" }))).status).toBe(404);
  });
});

describe("an asynchronous listener for connections", () => {
  it("may fail: that surfaces, and its connection is closed with 1011", async () => {
    const uncaught = takeUncaught();
    const bug = new Error("a bug after a message");
    const { url } = await serve({
      onConnection: async (connection) => {
        await next(connection);
        throw bug;
      },
    });
    const client = await open(url);
    client.send("go");
    expect(await client.closed).toMatchObject({ code: 1011, wasClean: true });
    expect(uncaught).toEqual([bug]);
  });

  it("is not blamed for a peer that goes away while it writes", async () => {
    const uncaught = takeUncaught();
    const { port, server } = await serve({
      onConnection: async (connection) => {
        for (;;) await connection.write(new Uint8Array(1_000_000));
      },
    });
    const raw = await RawClient.opened(port);
    const [connection] = [...server.connections];
    raw.socket.resetAndDestroy();
    await connection!.closed;
    await letThingsHappen(3);
    expect(uncaught).toEqual([]);
  });
});

describe("a listener for connections that throws", () => {
  it("surfaces, and its connection is closed with 1011", async () => {
    const uncaught = takeUncaught();
    const bug = new Error("a bug at the beginning");
    const { url } = await serve({
      onConnection: () => {
        throw bug;
      },
    });
    const client = await open(url);
    expect(await client.closed).toMatchObject({ code: 1011, wasClean: true });
    expect(uncaught).toEqual([bug]);
  });
});

describe("broadcast", () => {
  it("reaches all, or all but one", async () => {
    const { server, url } = await serve();
    const clients = [await open(url), await open(url), await open(url)];
    const [first] = [...server.connections];
    server.broadcast("not to the first", { except: first });
    server.broadcast(new Uint8Array([1]));
    expect(await Promise.all(clients.map(next))).toEqual([
      new Uint8Array([1]),
      "not to the first",
      "not to the first",
    ]);
    expect(() => server.broadcast(5 as never)).toThrow(
      expect.objectContaining({ code: "USAGE_MESSAGE_TYPE" }),
    );
  });
});

describe("a reset", () => {
  const request = Buffer.from(upgradeRequest());
  const stages: [string, (raw: RawClient) => Promise<void> | void][] = [
    ["before the head", () => undefined],
    ["within the head", (raw) => void raw.socket.write(request.subarray(0, 30))],
    ["right behind the head", (raw) => void raw.socket.write(request)],
    [
      "after the handshake",
      async (raw) => {
        raw.socket.write(request);
        await raw.head();
      },
    ],
    [
      "within a frame",
      async (raw) => {
        raw.socket.write(request);
        await raw.head();
        raw.socket.write(Buffer.from([0x81, 0xfe, 0x10]));
      },
    ],
    [
      "while it is being refused",
      (raw) => void raw.socket.write(upgradeRequest({ headers: { Upgrade: "other" } })),
    ],
  ];
  it.each(stages)("%s harms nobody else", async (_name, reach) => {
    const { port, server, url } = await serve({
      onConnection: (connection) => {
        echo(connection);
        connection.send(new Uint8Array(100_000));
      },
    });
    for (let round = 0; round < 10; round += 1) {
      const raw = await RawClient.connect(port);
      await reach(raw);
      raw.socket.resetAndDestroy();
    }
    await Promise.all([...server.connections].map(({ closed }) => closed));
    const client = await open(url);
    client.send("still there");
    await next(client);
    expect(await next(client)).toBe("still there");
  });
});

describe("options", () => {
  it.each([
    [{ path: "chat" }, "USAGE_OPTION"],
    [{ maxConnections: 0 }, "USAGE_OPTION"],
    [{ maxUnreadMessages: 1.5 }, "USAGE_OPTION"],
    [{ pingIntervalMs: -1 }, "USAGE_OPTION"],
    [{ subprotocols: ["a b"] }, "USAGE_HANDSHAKE_SUBPROTOCOL"],
    [{ allowedOrigins: ["example.com"] }, "USAGE_HANDSHAKE_ORIGIN"],
  ])("out of range are the caller's mistake: %j", (options, code) => {
    expect(() => new WebSocketServer(options)).toThrow(expect.objectContaining({ code }));
  });
});
