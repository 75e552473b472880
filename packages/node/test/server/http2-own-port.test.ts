import { createServer } from "node:http";
import { once } from "node:events";
import { connect as connectTls } from "node:tls";
import type { TLSSocket } from "node:tls";
import { WebSocketServer } from "@tautline/node";
import type { HandshakeHook } from "@tautline/node";
import { describe, expect, it, onTestFinished } from "vitest";
import { RawStream, constants, frame, session, sessionClosed } from "../http2-peers.ts";
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
  upgradeRequest,
} from "../servers.ts";
import { takeUncaught } from "../uncaught.ts";

const hello = clientFrame(1, "hello");
const secure = { tls: certificate, http2: true };

/** A TLS socket that has agreed on `protocol`. */
/** Also within what a loaded machine needs for a handshake of TLS, or a session would be let go before it is there. */
const handshakeTimeoutMs = 500;

async function tlsSocket(port: number, protocol: string): Promise<TLSSocket> {
  const socket = connectTls({
    port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    ALPNProtocols: [protocol],
  });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "secureConnect");
  return socket;
}

async function textOf(socket: TLSSocket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => void chunks.push(chunk));
  if (!socket.closed) await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

/** A field in its longest form (RFC 7541 §6.2.2). */
function literalField([name, value]: readonly [string, string]): Buffer {
  const [first, second] = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([Buffer.of(0, first.length), first, Buffer.of(second.length), second]);
}

describe("a port of its own with http2", () => {
  it("speaks HTTP/2 and HTTP/1.1, as the client chooses", async () => {
    const { url, port, server } = await serve({ ...secure, onConnection: echo });
    const old = await open(url, { tls: { rejectUnauthorized: false } });
    const raw = await RawStream.opened(await session(`https://127.0.0.1:${port}`));
    old.send("hello");
    raw.stream.write(hello);
    expect(await next(old)).toBe("hello");
    expect((await raw.bytes(7)).subarray(2).toString()).toBe("hello");
    expect(server.connections.size).toBe(2);
  });

  it("without TLS speaks HTTP/2 alone", async () => {
    const { port } = await serve({ http2: true, onConnection: echo });
    const raw = await RawStream.opened(await session(`http://127.0.0.1:${port}`));
    raw.stream.write(hello);
    expect((await raw.bytes(7)).subarray(2).toString()).toBe("hello");
    const old = await RawClient.connect(port);
    old.socket.write(upgradeRequest());
    expect(await old.all()).not.toMatch(/^HTTP\/1/);
  });

  it.each(["GET", "HEAD", "POST"])("has nothing for %s: 404", async (method) => {
    const { port } = await serve(secure);
    const client = await session(`https://127.0.0.1:${port}`);
    const raw = new RawStream(client, { ":method": method, ":protocol": undefined });
    expect(await raw.head()).toMatchObject({ ":status": 404 });
    expect(await raw.closeCode()).toBe(constants.NGHTTP2_NO_ERROR);
    expect(raw.received.toString()).toBe(method === "HEAD" ? "" : "This is a WebSocket server.\n");
  });

  it("in HTTP/1.1 keeps the limits that it has without http2", async () => {
    const { port } = await serve({ ...secure, handshakeTimeoutMs, maxHeadBytes: 2000 });
    const plain = await tlsSocket(port, "http/1.1");
    plain.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(await textOf(plain)).toMatch(/^HTTP\/1\.1 426 /);
    const large = await tlsSocket(port, "http/1.1");
    large.write(upgradeRequest({ headers: { "X-Padding": "x".repeat(4000) } }));
    expect(await textOf(large)).toMatch(/^HTTP\/1\.1 431 /);
    const slow = await tlsSocket(port, "http/1.1");
    slow.write("GET / HTTP/1.1\r\nHost: a\r\n");
    expect(await textOf(slow)).toMatch(/^HTTP\/1\.1 408 |^$/);
  });

  it("lets go of sessions that open nothing, and of peers that say nothing", async () => {
    const { port } = await serve({ ...secure, handshakeTimeoutMs });
    const client = await session(`https://127.0.0.1:${port}`);
    const silent = await tlsSocket(port, "h2");
    await Promise.all([sessionClosed(client), textOf(silent)]);
    expect(client.destroyed).toBe(true);
  });

  it("keeps a session as long as it has a WebSocket", async () => {
    const { port } = await serve({ ...secure, handshakeTimeoutMs, onConnection: echo });
    const client = await session(`https://127.0.0.1:${port}`);
    let goaways = 0;
    client.on("goaway", () => (goaways += 1));
    const raw = await RawStream.opened(client);
    const idle = await session(`https://127.0.0.1:${port}`);
    await sessionClosed(idle);
    raw.stream.write(hello);
    expect((await raw.bytes(7)).subarray(2).toString()).toBe("hello");
    // A session that is told to go is ended some seconds later, whatever it still has.
    expect(goaways).toBe(0);
    raw.stream.close(constants.NGHTTP2_CANCEL);
    await sessionClosed(client);
  });

  it("at shutdown sends GOAWAY, closes every WebSocket and leaves no socket", async () => {
    const { port, server } = await serve(secure);
    const client = await session(`https://127.0.0.1:${port}`);
    const goaway = once(client, "goaway");
    const raws = [await RawStream.opened(client), await RawStream.opened(client)];
    for (const raw of raws) {
      // A peer that answers the Close frame as it should.
      void raw.bytes(4).then(() => raw.stream.end(clientFrame(8, Buffer.of(0x03, 0xe9))));
    }
    const ends = [...server.connections].map(({ closed }) => closed);
    await server.shutdown();
    expect((await goaway)[0]).toBe(constants.NGHTTP2_NO_ERROR);
    for (const end of await Promise.all(ends)) {
      expect(end).toMatchObject({ code: 1001, wasClean: true });
    }
    await sessionClosed(client);
  });

  it("at shutdown cuts off who does not answer", async () => {
    const { port, server } = await serve(secure);
    const client = await session(`https://127.0.0.1:${port}`);
    const raw = await RawStream.opened(client);
    await server.shutdown({ drainTimeoutMs: 20 });
    await raw.closeCode();
    expect(server.connections.size).toBe(0);
    await sessionClosed(client);
  });
});

describe("a hostile peer in HTTP/2", () => {
  const refusals: [number, string, Record<string, string | undefined>][] = [
    [400, "another version", { "sec-websocket-version": "8" }],
    [400, "no version", { "sec-websocket-version": undefined }],
    [403, "a foreign page", { origin: "https://elsewhere.example" }],
    [400, "a malformed list of subprotocols", { "sec-websocket-protocol": "a,a" }],
    [400, "a malformed list of extensions", { "sec-websocket-extensions": "a;" }],
    [501, "another protocol", { ":protocol": "WebSocket" }],
  ];
  it.each(refusals)("is refused with %i for %s, with a sentence", async (status, _name, fields) => {
    const { port, server } = await serve(secure);
    const client = await session(`https://127.0.0.1:${port}`);
    const raw = new RawStream(client, fields);
    expect(await raw.head()).toMatchObject({ ":status": status });
    expect(await raw.end()).toBe(true);
    expect(Number((await raw.head())["content-length"])).toBe(raw.received.length);
    expect(raw.received.length).toBeGreaterThan(3);
    expect(await raw.closeCode()).toBe(constants.NGHTTP2_NO_ERROR);
    expect(server.connections.size).toBe(0);
    expect((await RawStream.opened(client)).stream.closed).toBe(false);
  });

  it.each<[string, Record<string, string | string[] | undefined>]>([
    ["a head that is too large", { "x-padding": "x".repeat(10_000) }],
    [
      "too many headers",
      Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`x-${index}`, "1"])),
    ],
    ["an authority that is none", { ":authority": "a b" }],
    ["a Host that says something else", { host: "elsewhere.example" }],
  ])("with %s loses that stream and no other", async (_name, fields) => {
    const { port } = await serve({ ...secure, maxHeadBytes: 4000, onConnection: echo });
    const client = await session(`https://127.0.0.1:${port}`);
    const good = await RawStream.opened(client);
    const raw = new RawStream(client, fields);
    await raw.closeCode();
    expect((await raw.head())[":status"]).not.toBe(200);
    good.stream.write(hello);
    expect((await good.bytes(7)).subarray(2).toString()).toBe("hello");
  });

  it.each([":scheme", ":path", ":authority"])(
    "without %s is not served [RFC8441-4-2]",
    async (missing) => {
      const { port, server } = await serve({ http2: true });
      const raw = await RawClient.connect(port);
      const fields = { ":scheme": "http", ":path": "/", ":authority": "127.0.0.1" };
      const given = Object.entries({
        ":method": "CONNECT",
        ":protocol": "websocket",
        ...fields,
        "sec-websocket-version": "13",
      });
      raw.socket.write(
        Buffer.concat([
          Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
          frame(0x4, 0, 0),
          frame(0x1, 0x4, 1, ...given.filter(([name]) => name !== missing).map(literalField)),
        ]),
      );
      // RST_STREAM of stream 1 with PROTOCOL_ERROR: nghttp2 sees to it before anybody is asked.
      const reset = frame(0x3, 0, 1, Buffer.of(0, 0, 0, constants.NGHTTP2_PROTOCOL_ERROR));
      await raw.until((received) => received.includes(reset));
      expect(raw.received.includes(reset)).toBe(true);
      expect(server.connections.size).toBe(0);
    },
  );

  const stages: [string, (raw: RawStream) => Promise<unknown> | void][] = [
    ["at once", () => undefined],
    ["behind the answer", (raw) => raw.head()],
    [
      "within a frame",
      async (raw) => {
        await raw.head();
        raw.stream.write(hello.subarray(0, 3));
        await letThingsHappen(1);
      },
    ],
  ];
  it.each(stages)("that resets %s harms nobody else", async (_name, reach) => {
    const { port, server } = await serve({ ...secure, onConnection: echo });
    const client = await session(`https://127.0.0.1:${port}`);
    const good = await RawStream.opened(client);
    for (const code of [constants.NGHTTP2_CANCEL, constants.NGHTTP2_INTERNAL_ERROR]) {
      const raw = new RawStream(client);
      await reach(raw);
      raw.stream.close(code);
      await raw.closeCode();
    }
    good.stream.write(hello);
    expect((await good.bytes(7)).subarray(2).toString()).toBe("hello");
    const [first, ...others] = [...server.connections];
    await Promise.all(others.map(({ closed }) => closed));
    expect(first?.state).toBe("open");
  });

  it("that resets or ends while a hook thinks is let go of", async () => {
    const uncaught = takeUncaught();
    const reasons: unknown[] = [];
    const asked: (() => void)[] = [];
    const onHandshake: HandshakeHook<unknown> = ({ signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          reasons.push("code" in signal.reason && signal.reason.code);
          resolve(undefined);
        });
        asked.shift()?.();
      });
    const { port, server } = await serve({ ...secure, onHandshake });
    const client = await session(`https://127.0.0.1:${port}`);
    for (const leave of [
      (raw: RawStream) => raw.stream.close(constants.NGHTTP2_CANCEL),
      (raw: RawStream) => raw.stream.close(constants.NGHTTP2_INTERNAL_ERROR),
      (raw: RawStream) => void raw.stream.end(),
      (raw: RawStream) => void raw.stream.end(hello),
      (raw: RawStream) => {
        raw.stream.write(hello, () => raw.stream.close(constants.NGHTTP2_CANCEL));
      },
    ]) {
      const isAsked = new Promise<void>((resolve) => asked.push(resolve));
      const refused = new Promise<unknown>((resolve) => {
        const stop = server.onError((error) => {
          stop();
          resolve("code" in error && error.code);
        });
      });
      const raw = new RawStream(client);
      await isAsked;
      leave(raw);
      expect(await refused).toBe("CONNECTION_LOST");
    }
    expect(reasons).toEqual(Array.from({ length: 5 }, () => "CONNECTION_LOST"));
    expect(server.connections.size).toBe(0);
    expect(uncaught).toEqual([]);
  });

  it("is answered by a hook as in HTTP/1.1: data, headers, or a Response", async () => {
    const { port, server } = await serve({
      ...secure,
      onHandshake: async (request) => {
        await letThingsHappen(1);
        if (request.path === "/no") {
          const headers = { "Set-Cookie": "a=1", Connection: "close", "X-Why": "no" };
          return new Response("not you", { status: 401, headers });
        }
        return { data: request.path, headers: [["X-Twice", "1"] as const, ["X-Twice", "2"]] };
      },
    });
    const client = await session(`https://127.0.0.1:${port}`);
    const no = new RawStream(client, { ":path": "/no" });
    expect(await no.head()).toMatchObject({ ":status": 401, "x-why": "no", "set-cookie": ["a=1"] });
    expect(await no.end()).toBe(true);
    expect(no.received.toString()).toBe("not you");
    const yes = await RawStream.opened(client, { ":path": "/yes" });
    expect(await yes.head()).toMatchObject({ ":status": 200, "x-twice": "1, 2" });
    expect([...server.connections].map(({ data }) => data)).toEqual(["/yes"]);
  });

  it("does not get more connections than there are: 503", async () => {
    const { port } = await serve({ ...secure, maxConnections: 2 });
    const client = await session(`https://127.0.0.1:${port}`);
    const raws = Array.from({ length: 5 }, () => new RawStream(client));
    const statuses = await Promise.all(raws.map(async (raw) => (await raw.head())[":status"]));
    expect(statuses).toEqual([200, 200, 503, 503, 503]);
  });

  it("that opens and resets without end loses its session, and others are served", async () => {
    const { port, server } = await serve({ ...secure, onConnection: echo });
    const client = await session(`https://127.0.0.1:${port}`);
    for (let count = 0; count < 10_000 && !client.destroyed; count += 1) {
      new RawStream(client).stream.close(constants.NGHTTP2_CANCEL);
      if (count % 100 === 0) await letThingsHappen(1);
    }
    await sessionClosed(client);
    const other = await RawStream.opened(await session(`https://127.0.0.1:${port}`));
    other.stream.write(hello);
    expect((await other.bytes(7)).subarray(2).toString()).toBe("hello");
    expect(server.connections.size).toBeLessThan(100);
  });
});

/** An http server that answers by itself, with a WebSocketServer on it. */
async function shared() {
  const httpServer = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.end(`plain ${request.method} ${request.url}`));
  });
  const server = new WebSocketServer({ onConnection: echo });
  onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
  server.attach(httpServer);
  const { port } = await listening(httpServer);
  return { httpServer, port };
}

describe("a request for an upgrade to something else", () => {
  const h2c = {
    headers: {
      Upgrade: "h2c",
      Connection: "Upgrade, HTTP2-Settings",
      "HTTP2-Settings": "AAMAAABk",
    },
  };

  it("is answered by the application as if it asked for none", async () => {
    const { port } = await shared();
    const raw = await RawClient.connect(port);
    raw.socket.write(upgradeRequest({ path: "/page", ...h2c }));
    const answer = await raw.all();
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n/);
    expect(answer).toContain("plain GET /page");
  });

  it("is refused where it has a body, which nobody has read: 426", async () => {
    const { port } = await shared();
    const raw = await RawClient.connect(port);
    raw.socket.write(
      `${upgradeRequest({ headers: { ...h2c.headers, "Content-Length": "4" } })}body`,
    );
    expect(await raw.all()).toMatch(/^HTTP\/1\.1 426 |^HTTP\/1\.1 400 /);
  });

  it("is left to others that listen for it", async () => {
    const { port, httpServer } = await shared();
    httpServer.on("upgrade", (_request, socket) => {
      socket.end("HTTP/1.1 299 Foreign\r\n\r\n");
    });
    const raw = await RawClient.connect(port);
    raw.socket.write(upgradeRequest(h2c));
    expect(await raw.all()).toMatch(/^HTTP\/1\.1 299 /);
  });

  it("that is reset while the application answers harms nobody", async () => {
    const uncaught = takeUncaught();
    const { port, httpServer } = await shared();
    httpServer.removeAllListeners("request");
    const asked = new Promise<void>((resolve) => {
      httpServer.on("request", (_request, response) => {
        response.write(Buffer.alloc(1_000_000));
        response.on("close", resolve);
      });
    });
    const raw = await RawClient.connect(port);
    raw.socket.write(upgradeRequest(h2c));
    await raw.head();
    raw.socket.resetAndDestroy();
    await asked;
    expect(uncaught).toEqual([]);
  });
});
