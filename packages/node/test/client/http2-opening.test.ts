import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import type { ClientHttp2Session, Http2Server, ServerHttp2Stream } from "node:http2";
import { connect as connectHttp2, createSecureServer } from "node:http2";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { WebSocket, WebSocketServer, WebSocketStream, connect } from "@tautline/node";
import type { Connection, ConnectOptions, ServerOptions, UpgradeRequest } from "@tautline/node";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  cleartextServer,
  constants,
  frame,
  secureServer,
  session,
  sessionClosed,
} from "../http2-peers.ts";
import { httpProxy } from "../proxies.ts";
import {
  RawClient,
  certificate,
  clientFrame,
  echo,
  letThingsHappen,
  listening,
  next,
  open,
  serve,
  tcpServer,
} from "../servers.ts";

const trusting = { tls: { rejectUnauthorized: false } };
const secure = { tls: certificate, http2: true };

/** A server that remembers what was asked of it, with its port for both schemes. */
async function remembering(options: ServerOptions = {}) {
  const requests: UpgradeRequest[] = [];
  const accepted: Connection[] = [];
  const running = await serve({ onConnection: echo, ...options });
  running.server.onConnection((connection, request) => {
    accepted.push(connection);
    requests.push(request);
  });
  return { ...running, requests, accepted };
}

const failure = (url: string, options: ConnectOptions): Promise<unknown> =>
  connect(url, options).then(
    () => expect.unreachable("it connected"),
    (error: unknown) => error,
  );

/** Whether a message comes back. */
async function echoes(connection: Connection, text = "hello"): Promise<boolean> {
  connection.send(text);
  return (await next(connection)) === text;
}

/** A server of HTTP/2 without TLS that answers every stream as the test says, and takes extended CONNECT. */
async function answering(
  onStream: (stream: ServerHttp2Stream) => void,
): Promise<{ readonly url: string; readonly server: Http2Server }> {
  const { server, port } = await cleartextServer();
  server.updateSettings({ enableConnectProtocol: true });
  server.on("stream", (stream) => {
    stream.on("error", () => undefined);
    onStream(stream);
  });
  return { url: `ws://127.0.0.1:${port}/`, server };
}

/** A server that sends only what the test says, frame by frame, and keeps the types of its client's frames. */
class FrameServer {
  readonly types: number[] = [];
  readonly port: Promise<number>;
  #socket: Socket | undefined;
  #unread = Buffer.alloc(0);
  #prefaceBytes = 24;
  #wake: (() => void) | undefined;

  constructor() {
    this.port = tcpServer((socket) => {
      this.#socket = socket;
      socket.on("data", (chunk: Buffer) => this.#read(chunk));
    });
  }

  write(bytes: Buffer): void {
    this.#socket?.write(bytes);
  }

  cut(): void {
    this.#socket?.destroy();
  }

  /** Waits for a frame of the client's. */
  async until(type: number): Promise<void> {
    while (!this.types.includes(type)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #read(chunk: Buffer): void {
    const skipped = Math.min(this.#prefaceBytes, chunk.length);
    this.#prefaceBytes -= skipped;
    this.#unread = Buffer.concat([this.#unread, chunk.subarray(skipped)]);
    while (
      this.#unread.length >=
      9 + (this.#unread.length < 3 ? 0 : this.#unread.readUIntBE(0, 3))
    ) {
      this.types.push(this.#unread.readUInt8(3));
      this.#unread = this.#unread.subarray(9 + this.#unread.readUIntBE(0, 3));
    }
    this.#wake?.();
  }
}

const frameType = { headers: 1, settings: 4, ping: 6 } as const;
const enableConnectProtocol = (value: number): Buffer =>
  frame(frameType.settings, 0, 0, Buffer.of(0, 8, 0, 0, 0, value));

/** A server of HTTP/2 and HTTP/1.1, with WebSockets over HTTP/1.1 only; and the versions that it was asked in. */
async function older(allowHTTP1 = true): Promise<{ url: string; versions: string[] }> {
  const versions: string[] = [];
  const httpServer = createSecureServer({ ...certificate, allowHTTP1 });
  const server = new WebSocketServer({ onConnection: echo });
  onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
  httpServer.on("upgrade", (request, socket, head) => {
    void server.upgrade(request, socket, head);
    versions.push(request.httpVersion);
  });
  httpServer.on("stream", () => void versions.push("2.0"));
  const { port } = await listening(httpServer);
  return { url: `wss://127.0.0.1:${port}/`, versions };
}

describe("connect with http2: true", () => {
  it("asks over HTTP/2, with all that it would ask with in HTTP/1.1 [RFC8441-5-1] [RFC8441-5-6]", async () => {
    const { port, requests } = await remembering({ ...secure, subprotocols: ["b"] });
    const client = await open(`wss://ada:pw@127.0.0.1:${port}/room?a=b`, {
      ...trusting,
      http2: true,
      subprotocols: ["a", "b"],
      headers: { Cookie: ["c=d", "e=f"], Origin: `https://127.0.0.1:${port}`, "X-Two": ["1", "2"] },
    });
    expect(await echoes(client)).toBe(true);
    expect(client.subprotocol).toBe("b");
    expect([client.encrypted, client.remoteAddress]).toEqual([true, "127.0.0.1"]);
    expect(client.remotePort).toBe(port);
    const [request] = requests;
    expect([request?.httpVersion, request?.target]).toEqual(["2.0", "/room?a=b"]);
    expect(request?.host).toBe(`127.0.0.1:${port}`);
    expect(request?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from("ada:pw").toString("base64")}`,
      cookie: "c=d; e=f",
      "x-two": "1, 2",
    });
    expect(request?.headers).not.toHaveProperty("sec-websocket-key");
  });

  it("needs no TLS where the server is known to speak it: ws:", async () => {
    const { url, requests } = await remembering({ http2: true });
    const client = await open(url, { http2: true });
    expect(await echoes(client)).toBe(true);
    expect([client.encrypted, requests[0]?.httpVersion]).toEqual([false, "2.0"]);
  });

  it("compresses where the server wants it", async () => {
    const { url } = await remembering({ http2: true, compression: true });
    const client = await open(url, { http2: true });
    expect(client.extensions).toMatch(/^permessage-deflate/);
    expect(await echoes(client, "tautline ".repeat(40_000))).toBe(true);
    expect(await echoes(client, "short")).toBe(true);
  });

  it("goes through a proxy", async () => {
    const { port, requests } = await remembering(secure);
    const proxy = await httpProxy({ port });
    const client = await open("wss://localhost/", {
      ...trusting,
      http2: true,
      proxy: `http://127.0.0.1:${proxy.port}`,
    });
    expect(await echoes(client)).toBe(true);
    expect(requests[0]?.httpVersion).toBe("2.0");
    expect(proxy.asked).toEqual(["localhost:443 localhost:443"]);
  });

  it.runIf(process.platform !== "win32")("goes through a Unix socket", async () => {
    const server = new WebSocketServer({ http2: true, onConnection: echo });
    onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
    const path = join(tmpdir(), `tautline-${process.pid}-http2.sock`);
    await server.listen({ path });
    expect(await echoes(await open("ws://localhost/", { http2: true, socketPath: path }))).toBe(
      true,
    );
  });

  it("serves the faces of the standards", async () => {
    const { url } = await remembering({ http2: true });
    const socket = new WebSocket(url, { http2: true });
    await once(socket, "open");
    socket.send("hello");
    expect((await once(socket, "message"))[0]).toMatchObject({ data: "hello" });
    socket.close(1000);
    expect((await once(socket, "close"))[0]).toMatchObject({ code: 1000, wasClean: true });
    const stream = new WebSocketStream(url, { http2: true });
    const { readable, writable } = await stream.opened;
    await writable.getWriter().write("hello");
    expect(await readable.getReader().read()).toEqual({ done: false, value: "hello" });
    stream.close({ closeCode: 3000 });
    expect(await stream.closed).toMatchObject({ closeCode: 3000 });
  });

  it("ends its session with its WebSocket, in order", async () => {
    const { server: httpServer, port } = await secureServer();
    const server = new WebSocketServer({ onConnection: echo });
    onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
    server.attach(httpServer);
    const arrived = once(httpServer, "session");
    const client = await open(`wss://127.0.0.1:${port}/`, { ...trusting, http2: true });
    const [served] = await arrived;
    const goaway = once(served, "goaway");
    const closed = once(served, "close");
    client.close(1000, "done");
    expect(await client.closed).toMatchObject({ code: 1000, reason: "done", wasClean: true });
    expect((await goaway)[0]).toBe(constants.NGHTTP2_NO_ERROR);
    await closed;
  });
});

describe("a server without WebSockets over HTTP/2", () => {
  it("is not asked: CONNECTION_HTTP2 [RFC8441-3-3]", async () => {
    const { url, versions } = await older();
    expect(await failure(url, { ...trusting, http2: true })).toMatchObject({
      code: "CONNECTION_HTTP2",
    });
    expect(versions).toEqual([]);
  });

  it("is asked in HTTP/1.1 where HTTP/2 was only preferred", async () => {
    const { url, versions } = await older();
    expect(await echoes(await open(url, { ...trusting, http2: "prefer" }))).toBe(true);
    expect(versions).toEqual(["1.1"]);
  });

  it("nor HTTP/1.1 is an error, whatever was preferred", async () => {
    const { url, versions } = await older(false);
    expect(await failure(url, { ...trusting, http2: "prefer" })).toBeInstanceOf(Error);
    expect(versions).toEqual([]);
  });

  it("nor HTTP/2 at all is told from one that is away, and is good enough for a preference", async () => {
    const httpsServer = createHttpsServer(certificate);
    const server = new WebSocketServer({ onConnection: echo });
    onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
    server.attach(httpsServer);
    const url = `wss://127.0.0.1:${(await listening(httpsServer)).port}/`;
    expect(await failure(url, { ...trusting, http2: true })).toMatchObject({
      code: "CONNECTION_HTTP2",
    });
    expect(await echoes(await open(url, { ...trusting, http2: "prefer" }))).toBe(true);
  });

  it("nor TLS that knows of versions: CONNECTION_HTTP2", async () => {
    const { port } = await listening(createTlsServer(certificate));
    expect(await failure(`wss://127.0.0.1:${port}/`, { ...trusting, http2: true })).toMatchObject({
      code: "CONNECTION_HTTP2",
    });
  });

  it("nor TLS: CONNECTION_HTTP2", async () => {
    const { url } = await serve();
    expect(await failure(url, { http2: true })).toMatchObject({ code: "CONNECTION_HTTP2" });
    const client = await open(url, { http2: "prefer" });
    expect(client.state).toBe("open");
  });
});

describe("the server's settings", () => {
  it("are waited for before anything is asked [RFC8441-3-3]", async () => {
    const server = new FrameServer();
    const attempt = failure(`ws://127.0.0.1:${await server.port}/`, { http2: true });
    await server.until(frameType.ping);
    await letThingsHappen();
    expect(server.types).not.toContain(frameType.headers);
    server.write(enableConnectProtocol(1));
    await server.until(frameType.headers);
    server.cut();
    expect(await attempt).toMatchObject({ code: "CONNECTION_HANDSHAKE_CUT" });
  });

  it.each([
    ["say 0", enableConnectProtocol(0)],
    ["say nothing about it", frame(frameType.settings, 0, 0)],
  ])("that %s are an answer: CONNECTION_HTTP2 [RFC8441-3-3]", async (_name, settings) => {
    const server = new FrameServer();
    const attempt = failure(`ws://127.0.0.1:${await server.port}/`, { http2: true });
    await server.until(frameType.ping);
    server.write(settings);
    expect(await attempt).toMatchObject({ code: "CONNECTION_HTTP2" });
    expect(server.types).not.toContain(frameType.headers);
  });

  it("that do not allow it are known on a session that others have used, without a word more", async () => {
    const { port } = await secureServer((_request, response) => response.end("plain"));
    const shared = await session(`https://127.0.0.1:${port}`);
    const url = `wss://127.0.0.1:${port}/`;
    for (let count = 0; count < 3; count += 1) {
      const attempts = Array.from({ length: 20 }, () => failure(url, { http2: shared }));
      for (const error of await Promise.all(attempts)) {
        expect(error).toMatchObject({ code: "CONNECTION_HTTP2" });
      }
    }
    expect(shared.destroyed).toBe(false);
  });

  it("that never come use up the time", async () => {
    const port = await tcpServer((socket) => void socket.resume());
    const attempt = failure(`ws://127.0.0.1:${port}/`, { http2: true, connectTimeoutMs: 30 });
    expect(await attempt).toMatchObject({ code: "CONNECTION_CONNECT_TIMEOUT" });
  });

  it("may come while several wait for them, on a session that nobody else has used", async () => {
    const { port } = await remembering({ http2: true });
    const shared = connectHttp2(`http://127.0.0.1:${port}`);
    onTestFinished(() => shared.destroy());
    const url = `ws://127.0.0.1:${port}/`;
    const clients = await Promise.all(
      Array.from({ length: 20 }, () => open(url, { http2: shared })),
    );
    for (const client of clients) expect(await echoes(client)).toBe(true);
  });
});

describe("an answer over HTTP/2", () => {
  it("that is no 200 is a refusal, with status and headers", async () => {
    const { url } = await answering((stream) => {
      stream.respond({ ":status": 401, "www-authenticate": "Basic" });
      stream.end("not you");
    });
    const error = await failure(url, { http2: true });
    expect(error).toMatchObject({ code: "CONNECTION_HANDSHAKE_REFUSED", status: 401 });
    expect(error).toHaveProperty("headers");
    const { headers } = error as { headers: { combined(name: string): string } };
    expect(headers.combined("www-authenticate")).toBe("Basic");
  });

  it("that redirects is followed when asked for, on the same session only to the same place", async () => {
    const asked: string[] = [];
    const { url, server } = await answering((stream) => {
      stream.respond({ ":status": 302, location: "/there" }, { endStream: true });
    });
    server.on("stream", (_stream, headers) => void asked.push(String(headers[":path"])));
    const client = await session(url.replace("ws:", "http:"));
    const options = { http2: client, maxRedirects: 2 };
    expect(await failure(url, options)).toMatchObject({ status: 302 });
    expect(asked).toEqual(["/", "/there", "/there"]);
    const other = await answering((stream) => {
      stream.respond({ ":status": 302, location: "http://elsewhere.example/" });
      stream.end();
    });
    const otherSession = await session(other.url.replace("ws:", "http:"));
    expect(await failure(other.url, { ...options, http2: otherSession })).toMatchObject({
      status: 302,
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ["a subprotocol nobody asked for", { "sec-websocket-protocol": "x" }, "HANDSHAKE_SUBPROTOCOL"],
    ["an extension nobody asked for", { "sec-websocket-extensions": "x" }, "HANDSHAKE_EXTENSIONS"],
    [
      "too many headers",
      Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`x-${index}`, "1"])),
      "LIMIT_HEADER_COUNT",
    ],
  ])("with %s is none", async (_name, headers, code) => {
    const closed: number[] = [];
    const { url } = await answering((stream) => {
      stream.on("close", () => void closed.push(stream.rstCode));
      stream.respond({ ":status": 200, ...headers });
    });
    const client = await session(url.replace("ws:", "http:"));
    const error = await failure(url, { http2: client, headLimits: { maxHeaderCount: 4 } });
    expect(error).toMatchObject({ code });
    expect(client.destroyed).toBe(false);
    await once(client.request({ ":path": "/" }), "response");
    expect(closed[0]).toBe(constants.NGHTTP2_CANCEL);
  });

  it.each<[string, (stream: ServerHttp2Stream) => void]>([
    ["a reset", (stream) => stream.close(constants.NGHTTP2_CANCEL)],
    ["a refused stream", (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM)],
    ["the end of the session", (stream) => stream.session?.destroy()],
    ["the end of the session with an error", (stream) => stream.session?.destroy(new Error("x"))],
  ])("that is %s instead: CONNECTION_HANDSHAKE_CUT", async (_name, act) => {
    const { url } = await answering(act);
    expect(await failure(url, { http2: true })).toMatchObject({ code: "CONNECTION_HANDSHAKE_CUT" });
    const client = await session(url.replace("ws:", "http:"));
    expect(await failure(url, { http2: client })).toMatchObject({
      code: "CONNECTION_HANDSHAKE_CUT",
    });
  });

  it("that the socket ends before: CONNECTION_HANDSHAKE_CUT", async () => {
    const sockets: Socket[] = [];
    const { url, server } = await answering(() => sockets.at(-1)?.destroy());
    server.on("connection", (socket) => void sockets.push(socket));
    const cut = { code: "CONNECTION_HANDSHAKE_CUT" };
    expect(await failure(url, { http2: true })).toMatchObject(cut);
    const client = await session(url.replace("ws:", "http:"));
    expect(await failure(url, { http2: client })).toMatchObject(cut);
  });

  it("that does not come is waited for until the caller gives up, or the time is up", async () => {
    const reset: number[] = [];
    const asked: (() => void)[] = [];
    const { url } = await answering((stream) => {
      stream.on("close", () => void reset.push(stream.rstCode));
      asked.shift()?.();
    });
    const client = await session(url.replace("ws:", "http:"));
    const choices: (ClientHttp2Session | true)[] = [client, true];
    for (const http2 of choices) {
      const isAsked = new Promise<void>((resolve) => asked.push(resolve));
      const giveUp = new AbortController();
      const attempt = failure(url, { http2, signal: giveUp.signal });
      await isAsked;
      giveUp.abort(new Error("enough"));
      expect(await attempt).toMatchObject({ message: "enough" });
      expect(await failure(url, { http2, connectTimeoutMs: 30 })).toMatchObject({
        code: "CONNECTION_CONNECT_TIMEOUT",
      });
    }
    expect(client.destroyed).toBe(false);
    await session(url.replace("ws:", "http:"));
    await letThingsHappen();
    expect(reset).toEqual(reset.map(() => constants.NGHTTP2_CANCEL));
    expect(reset).toHaveLength(4);
  });
});

describe("a session of the caller's", () => {
  it("carries many WebSockets, and is left open", async () => {
    const { port, server, requests } = await remembering(secure);
    const shared = await session(`https://127.0.0.1:${port}`);
    const url = `wss://127.0.0.1:${port}/`;
    const clients = await Promise.all(
      Array.from({ length: 50 }, (_, index) => open(`${url}${index}`, { http2: shared })),
    );
    clients.forEach((client, index) => client.send(`${index}`));
    const texts = await Promise.all(clients.map((client) => next(client)));
    expect(texts).toEqual(clients.map((_, index) => `${index}`));
    expect(new Set(requests.map(({ target }) => target)).size).toBe(50);
    for (const client of clients) client.close(1000);
    const ends = await Promise.all(clients.map(({ closed }) => closed));
    expect(ends.every(({ wasClean }) => wasClean)).toBe(true);
    expect([shared.destroyed, shared.closed]).toEqual([false, false]);
    expect(shared.listenerCount("close") + shared.listenerCount("remoteSettings")).toBeLessThan(4);
    expect(await echoes(await open(url, { http2: shared }))).toBe(true);
    expect(server.connections.size).toBe(1);
  });

  it("that is over cannot: CONNECTION_HTTP2", async () => {
    const { url, port } = await remembering({ http2: true });
    const shared = await session(`http://127.0.0.1:${port}`);
    const client = await open(url, { http2: shared });
    shared.close();
    expect(await failure(url, { http2: shared })).toMatchObject({ code: "CONNECTION_HTTP2" });
    expect(await echoes(client)).toBe(true);
    client.terminate();
    await sessionClosed(shared);
    expect(await failure(url, { http2: shared })).toMatchObject({ code: "CONNECTION_HTTP2" });
  });

  it("must fit the URL, and stands for the way there", async () => {
    const { port } = await remembering({ http2: true });
    const shared = await session(`http://127.0.0.1:${port}`);
    const option = { code: "USAGE_OPTION" };
    expect(await failure(`wss://127.0.0.1:${port}/`, { http2: shared })).toMatchObject(option);
    const url = `ws://127.0.0.1:${port}/`;
    const more: ConnectOptions[] = [{ socketPath: "/a" }, { proxy: "http://a" }, { tls: {} }];
    for (const options of more) {
      expect(await failure(url, { ...options, http2: shared })).toMatchObject(option);
    }
    const nonsense: unknown[] = ["yes", 1, null, {}];
    for (const http2 of nonsense) {
      expect(await failure(url, { http2: http2 as true })).toMatchObject(option);
    }
  });

  it("refuses what HTTP/2 has no place for, and nothing is sent", async () => {
    const { url, requests, port } = await remembering({ http2: true });
    const shared = await session(`http://127.0.0.1:${port}`);
    const headers = { Authorization: ["a", "b"] };
    expect(await failure(url, { http2: shared, headers })).toMatchObject({
      code: "USAGE_HANDSHAKE_HEADER",
    });
    expect(requests).toEqual([]);
  });
});

describe("flow control of a stream", () => {
  it("holds the server back while the client does not read, and no other stream", async () => {
    const { url, port, accepted } = await remembering({ http2: true, onConnection: () => {} });
    const shared = await session(`http://127.0.0.1:${port}`);
    const slow = await open(url, { http2: shared });
    slow.pause();
    const quick = await open(url, { http2: shared });
    const [toSlow, toQuick] = accepted;
    for (let sent = 0; sent < 20; sent += 1) toSlow?.send(new Uint8Array(100_000));
    toQuick?.send("hello");
    expect(await next(quick)).toBe("hello");
    expect(toSlow?.bufferedBytes).toBeGreaterThan(1_000_000);
    const drained = toSlow?.drained();
    slow.resume();
    slow.onMessage(() => undefined);
    await drained;
  });

  it("holds the client back while the server does not read, and no other stream", async () => {
    const { url, port, accepted } = await remembering({ http2: true, onConnection: () => {} });
    const shared = await session(`http://127.0.0.1:${port}`);
    const slow = await open(url, { http2: shared });
    const quick = await open(url, { http2: shared });
    const [fromSlow, fromQuick] = accepted;
    fromSlow?.pause();
    let keepsUp = true;
    for (let sent = 0; sent < 20; sent += 1) keepsUp = slow.send(new Uint8Array(100_000));
    quick.send("hello");
    expect(fromQuick && (await next(fromQuick))).toBe("hello");
    expect(keepsUp).toBe(false);
    expect(slow.bufferedBytes).toBeGreaterThan(1_000_000);
    const drained = slow.drained();
    fromSlow?.resume();
    fromSlow?.onMessage(() => undefined);
    await drained;
  });
});

describe("an abrupt end over HTTP/2", () => {
  const ends: [string, (connection: Connection, stream: ServerHttp2Stream) => void][] = [
    ["a reset with CANCEL", (connection) => connection.terminate()],
    ["another reset", (_connection, stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR)],
    ["END_STREAM without a Close frame", (_connection, stream) => void stream.end()],
    [
      "GOAWAY with an error",
      (_connection, stream) => stream.session?.goaway(constants.NGHTTP2_INTERNAL_ERROR),
    ],
    ["the end of the session", (_connection, stream) => stream.session?.destroy()],
  ];
  it.each(ends)("by %s is 1006 [RFC8441-5-8] [RFC8441-5-9]", async (_name, act) => {
    const { url, accepted } = await remembering({ http2: true });
    const client = await open(url, { http2: true });
    const [connection] = accepted;
    const stream = connection?.plainStream() as ServerHttp2Stream;
    if (connection !== undefined) act(connection, stream);
    expect(await client.closed).toMatchObject({ code: 1006, wasClean: false });
  });

  it("of the socket is 1006", async () => {
    const { server: httpServer, port } = await cleartextServer();
    const server = new WebSocketServer();
    onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
    server.attach(httpServer);
    const arrived = once(httpServer, "connection");
    const client = await open(`ws://127.0.0.1:${port}/`, { http2: true });
    const [socket] = await arrived;
    socket.resetAndDestroy();
    expect(await client.closed).toMatchObject({ code: 1006, wasClean: false });
  });

  it("of the client's is RST_STREAM with CANCEL to the server [RFC8441-5-9]", async () => {
    const { url, accepted } = await remembering({ http2: true });
    const client = await open(url, { http2: true });
    const stream = accepted[0]?.plainStream() as ServerHttp2Stream;
    const closed = once(stream, "close");
    client.terminate();
    expect(await accepted[0]?.closed).toMatchObject({ code: 1006 });
    await closed;
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
  });

  it("of one is not the others'", async () => {
    const { url, port, accepted } = await remembering({ http2: true });
    const shared = await session(`http://127.0.0.1:${port}`);
    const clients: Connection[] = [];
    for (let count = 0; count < 6; count += 1) clients.push(await open(url, { http2: shared }));
    const [first, second, third, ...others] = clients;
    accepted[0]?.terminate();
    await first?.closed;
    // Node.js 20 runs in circles here when a stream is destroyed without a code after another's reset.
    second?.terminate();
    await second?.closed;
    third?.close(1000);
    expect(await third?.closed).toMatchObject({ wasClean: true });
    for (const other of others) expect(await echoes(other)).toBe(true);
  });

  it("by a frame that no server may send is answered with a Close frame", async () => {
    const { url } = await answering((stream) => {
      stream.respond({ ":status": 200 });
      // Masked, as a client's.
      stream.write(clientFrame(1, "hello"));
      stream.on("data", (chunk: Buffer) => {
        stream.end(Buffer.of(0x88, 0x02, 0x03, 0xea));
        received.push(chunk[0] ?? 0);
      });
    });
    const received: number[] = [];
    const client = await open(url, { http2: true });
    expect(await client.closed).toMatchObject({
      code: 1002,
      error: { code: "PROTOCOL_MASKED_FRAME" },
    });
    expect(received).toEqual([0x88]);
  });

  it("leaves the server without sockets", async () => {
    const { port, server } = await remembering(secure);
    const client = await open(`wss://127.0.0.1:${port}/`, { ...trusting, http2: true });
    expect(await echoes(client)).toBe(true);
    const closed = client.closed;
    await server.shutdown();
    expect(await closed).toMatchObject({ code: 1001, wasClean: true });
    await expect(RawClient.connect(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
