import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { once } from "node:events";
import { HandshakeRefused, WebSocketServer, connect } from "@tautline/node";
import type { Connection, HandshakeHook, UpgradeRequest } from "@tautline/node";
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import {
  RawClient,
  certificate,
  clientFrame,
  echo,
  letThingsHappen,
  next,
  open,
  serve,
  upgradeRequest,
} from "../servers.ts";
import { takeUncaught } from "../uncaught.ts";

/** A promise, and what settles it. */
function gate<Value>(): { promise: Promise<Value>; open: (value: Value) => void } {
  let settle: ((value: Value) => void) | undefined;
  const promise = new Promise<Value>((resolve) => {
    settle = resolve;
  });
  return { promise, open: (value) => settle?.(value) };
}

/** What a raw client is told, whole. */
async function answerOf(port: number): Promise<string> {
  const raw = await RawClient.connect(port);
  raw.socket.write(upgradeRequest({ headers: { "Sec-WebSocket-Protocol": "chat" } }));
  return raw.all();
}

/** A hook that waits, and the request of the first that it was asked about. */
function waitingHook<Data>(): {
  readonly hook: HandshakeHook<Data>;
  readonly asked: Promise<UpgradeRequest>;
  readonly answer: (value: Awaited<ReturnType<HandshakeHook<Data>>>) => void;
} {
  const asked = gate<UpgradeRequest>();
  const answer = gate<Awaited<ReturnType<HandshakeHook<Data>>>>();
  const hook: HandshakeHook<Data> = (request) => {
    asked.open(request);
    return answer.promise;
  };
  return { hook, asked: asked.promise, answer: answer.open };
}

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a handshake hook accepts", () => {
  it("with a subprotocol, headers and data, whose type the listeners know", async () => {
    const users: string[] = [];
    const server = new WebSocketServer({
      subprotocols: ["chat"],
      onHandshake: async (request) => {
        await letThingsHappen(1);
        const user = request.query.get("user") ?? "";
        const headers: [string, string][] = [["Set-Cookie", "a=b"]];
        return { subprotocol: "mqtt", headers, data: { user } };
      },
      onConnection: (connection) => {
        expectTypeOf(connection.data).toEqualTypeOf<{ user: string }>();
        users.push(connection.data.user);
      },
    });
    onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
    const { port } = await server.listen({ host: "127.0.0.1" });
    const client = await open(`ws://127.0.0.1:${port}/?user=ada`, {
      subprotocols: ["chat", "mqtt"],
    });
    expect(client.subprotocol).toBe("mqtt");
    expect(client.data).toBeUndefined();
    expect(users).toEqual(["ada"]);
    const [connection] = [...server.connections];
    expectTypeOf(connection!).toEqualTypeOf<Connection<{ user: string }>>();
    expect(connection!.data).toEqual({ user: "ada" });

    const raw = await RawClient.connect(port);
    raw.socket.write(upgradeRequest({ headers: { "Sec-WebSocket-Protocol": "mqtt" } }));
    expect(await raw.head()).toMatch(/^HTTP\/1\.1 101 [^]*\r\nSet-Cookie: a=b\r\n/);
  });

  it.each<[string, HandshakeHook<unknown>]>([
    ["nothing", () => undefined],
    ["nothing, later", () => Promise.resolve()],
    ["an empty acceptance", () => ({})],
  ])("by returning %s: the options hold", async (_name, onHandshake) => {
    const { url, server } = await serve({ subprotocols: ["chat"], onHandshake });
    const client = await open(url, { subprotocols: ["mqtt", "chat"] });
    expect(client.subprotocol).toBe("chat");
    expect([...server.connections].map(({ data }) => data)).toEqual([undefined]);
  });

  it("without a subprotocol, though the options would choose one", async () => {
    const { url } = await serve({
      subprotocols: ["chat"],
      onHandshake: () => ({ subprotocol: "" }),
    });
    expect((await open(url, { subprotocols: ["chat"] })).subprotocol).toBe("");
  });

  it("knowing the request", async () => {
    const seen: unknown[] = [];
    const { url } = await serve({
      onHandshake: (request) => {
        const { method, target, remoteAddress, offeredSubprotocols } = request;
        const { aborted } = request.signal;
        const token = request.headers["x-token"];
        seen.push([
          method,
          target,
          token,
          remoteAddress,
          offeredSubprotocols,
          aborted,
          request.peerCertificate,
        ]);
      },
    });
    await open(`${url}a?b=c`, { headers: { "X-Token": "t" }, subprotocols: ["a", "b"] });
    await open(url);
    expect(seen).toEqual([
      ["GET", "/a?b=c", "t", "127.0.0.1", ["a", "b"], false, undefined],
      ["GET", "/", undefined, "127.0.0.1", [], false, undefined],
    ]);
  });

  it("knowing the peer's certificate, when it verified", async () => {
    const names: string[] = [];
    const ca = certificate.cert;
    const { url } = await serve({
      tls: { ...certificate, ca, requestCert: true, rejectUnauthorized: false },
      onHandshake: ({ peerCertificate }) => void names.push(String(peerCertificate?.subject.CN)),
    });
    await open(url, { tls: { ca, ...certificate } });
    await open(url, { tls: { ca } });
    expect(names).toEqual([expect.stringMatching(/localhost/), "undefined"]);
  });

  it("and loses nothing that arrives while it thinks", async () => {
    const { hook, asked, answer } = waitingHook<unknown>();
    const { port, server } = await serve({ onHandshake: hook });
    const connection = new Promise<Connection>((resolve) => {
      server.onConnection(resolve);
    });
    const raw = await RawClient.connect(port);
    raw.socket.write(Buffer.concat([Buffer.from(upgradeRequest()), clientFrame(1, "with it")]));
    await asked;
    raw.socket.write(clientFrame(1, "meanwhile"));
    await letThingsHappen(5);
    answer(undefined);
    const messages = [];
    for await (const message of await connection) {
      messages.push(message);
      if (messages.length === 2) break;
    }
    expect(messages).toEqual(["with it", "meanwhile"]);
  });
});

describe("a handshake hook refuses", () => {
  it.each(["now", "later"])("with a Response, %s: whole, and the end", async (when) => {
    const { port, server } = await serve({
      onHandshake: () => {
        const headers = new Headers({
          "Content-Type": "application/json",
          "WWW-Authenticate": "Bearer",
          "Content-Length": "9999",
          "Transfer-Encoding": "chunked",
          Connection: "keep-alive",
        });
        headers.append("Set-Cookie", "a=1");
        headers.append("Set-Cookie", "b=2");
        const response = new Response(`{"no":"ü"}`, { status: 401, statusText: "Who?", headers });
        return when === "now" ? response : Promise.resolve(response);
      },
    });
    const [head, body] = (await answerOf(port)).split("\r\n\r\n");
    const [statusLine, ...lines] = head!.split("\r\n");
    expect(statusLine).toBe("HTTP/1.1 401 Who?");
    expect(lines.map((line) => line.toLowerCase()).toSorted()).toEqual([
      "connection: close",
      "content-length: 11",
      "content-type: application/json",
      "set-cookie: a=1",
      "set-cookie: b=2",
      "www-authenticate: bearer",
    ]);
    expect(Buffer.from(body!, "latin1").toString()).toBe(`{"no":"ü"}`);
    expect(server.connections.size).toBe(0);
  });

  it.each([204, 304])("with %i, which has no body and no length", async (status) => {
    const { port } = await serve({ onHandshake: () => new Response(null, { status }) });
    expect(await answerOf(port)).toBe(`HTTP/1.1 ${status} \r\nConnection: close\r\n\r\n`);
  });

  it("with bytes that are no text, and with a stream", async () => {
    const bytes = Uint8Array.of(0, 0xff, 0x80, 13, 10);
    const { port } = await serve({
      onHandshake: () => {
        const stream = new ReadableStream<Uint8Array>({
          start(controller) {
            controller.enqueue(bytes.subarray(0, 2));
            controller.enqueue(bytes.subarray(2));
            controller.close();
          },
        });
        return new Response(stream, { status: 418 });
      },
    });
    const [head, body] = (await answerOf(port)).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 418 [^]*\r\nContent-Length: 5$/);
    expect(Buffer.from(body!, "latin1")).toEqual(Buffer.from(bytes));
  });

  it("with a Response of another class than the platform's", async () => {
    const { status, headers, statusText, body } = new Response("no", { status: 403 });
    const arrayBuffer = expect.unreachable;
    const other: object = { status, headers, statusText, body, arrayBuffer };
    expect(other).not.toBeInstanceOf(Response);
    const { port } = await serve({ onHandshake: () => other });
    expect(await answerOf(port)).toMatch(/^HTTP\/1\.1 403 [^]*\r\n\r\nno$/);
  });

  it("and tells the client and whoever upgrades by hand", async () => {
    const errors: unknown[] = [];
    const server = new WebSocketServer({
      onHandshake: () => Response.redirect("https://b.example/", 302),
      onError: (error, request) => void errors.push(error, request?.target),
    });
    const httpServer = createServer();
    onTestFinished(() => void httpServer.close());
    httpServer.listen(0, "127.0.0.1");
    await once(httpServer, "listening");
    const { port } = httpServer.address() as AddressInfo;
    const byHand = new Promise<unknown>((resolve) => {
      httpServer.on("upgrade", (request, socket, head) => {
        resolve(errorOf(server.upgrade(request, socket, head)));
      });
    });
    const refused = (await errorOf(connect(`ws://127.0.0.1:${port}/x`))) as HandshakeRefused;
    expect(refused).toBeInstanceOf(HandshakeRefused);
    expect(refused.headers.values("location")).toEqual(["https://b.example/"]);
    const error = (await byHand) as HandshakeRefused;
    expect(error).toBeInstanceOf(HandshakeRefused);
    expect(error.status).toBe(302);
    expect(errors).toEqual([error, "/x"]);
  });
});

describe("a handshake hook with a bug", () => {
  const bug = new Error("a bug in the hook");
  const consumed = new Response("read already");
  const rows: [string, HandshakeHook<unknown>, object][] = [
    [
      "throws",
      () => {
        throw bug;
      },
      { message: bug.message },
    ],
    ["rejects", () => Promise.reject(bug), { message: bug.message }],
    [
      "chooses a subprotocol that was not offered",
      () => ({ subprotocol: "soap" }),
      { code: "USAGE_HANDSHAKE_SUBPROTOCOL_CHOICE" },
    ],
    [
      "adds a header with a line end",
      () => ({ headers: [["A", "b\r\nC: d"]] }),
      { code: "USAGE_HANDSHAKE_HEADER" },
    ],
    [
      "returns a Response without end",
      () =>
        new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
          }),
        ),
      { name: "UsageError", code: "USAGE_HANDSHAKE_RESPONSE" },
    ],
    [
      "returns Response.error()",
      () => Response.error(),
      { name: "UsageError", code: "USAGE_HANDSHAKE_RESPONSE" },
    ],
    [
      "returns a Response that was read already",
      async () => {
        if (!consumed.bodyUsed) await consumed.text();
        return consumed;
      },
      { name: "TypeError" },
    ],
  ];
  it.each(rows)("%s: 500, it surfaces, and others are served", async (_name, hook, error) => {
    const uncaught = takeUncaught();
    let faulty = true;
    const { port, url, server } = await serve({
      onHandshake: (request) => (faulty ? hook(request) : undefined),
      onError: () => expect.unreachable(),
    });
    expect(await answerOf(port)).toMatch(/^HTTP\/1\.1 500 [^]*\r\nConnection: close\r\n/);
    expect(uncaught).toEqual([expect.objectContaining(error)]);
    expect(server.connections.size).toBe(0);
    faulty = false;
    expect((await open(url)).state).toBe("open");
  });
});

describe("a handshake hook is not asked", () => {
  it.each<[number, Record<string, string | undefined>]>([
    [400, { "Sec-WebSocket-Key": undefined }],
    [403, { Origin: "https://elsewhere.example" }],
    [403, { Origin: "null" }],
    [400, { "Sec-WebSocket-Protocol": "a,a" }],
    [426, { "Sec-WebSocket-Version": "8" }],
  ])("about a request that is refused anyway: %i for %j", async (status, headers) => {
    const { port } = await serve({ onHandshake: () => expect.unreachable() });
    const raw = await RawClient.connect(port);
    raw.socket.write(upgradeRequest({ headers }));
    expect(await raw.all()).toMatch(`HTTP/1.1 ${status} `);
  });

  it("when the server is full, handshakes under way included", async () => {
    const { hook, asked, answer } = waitingHook<unknown>();
    const { port, url } = await serve({ maxConnections: 1, onHandshake: hook });
    const first = open(url);
    await asked;
    expect(await answerOf(port)).toMatch(/^HTTP\/1\.1 503 /);
    answer(undefined);
    expect((await first).state).toBe("open");
  });
});

describe("a handshake hook that takes too long", () => {
  it("is aborted: 503, and what it does later is dropped", async () => {
    const uncaught = takeUncaught();
    const errors: unknown[] = [];
    const { port } = await serve({
      handshakeTimeoutMs: 500,
      onHandshake: ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("a query was cancelled")));
        }),
      onError: (error, request) => void errors.push(error, request?.signal.reason),
    });
    expect(await answerOf(port)).toMatch(/^HTTP\/1\.1 503 [^]*\r\nConnection: close\r\n/);
    const timeout = expect.objectContaining({ code: "CONNECTION_HANDSHAKE_TIMEOUT" });
    expect(errors).toEqual([timeout, timeout]);
    await letThingsHappen(2);
    expect(uncaught).toEqual([]);
  });

  it("with its Response's body: the rest of it is cancelled", async () => {
    const cancelled = gate<unknown>();
    const { port } = await serve({
      handshakeTimeoutMs: 500,
      onHandshake: () =>
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new Uint8Array(1)),
            cancel: cancelled.open,
          }),
        ),
    });
    expect(await answerOf(port)).toMatch(/^HTTP\/1\.1 503 /);
    expect(await cancelled.promise).toMatchObject({ code: "CONNECTION_HANDSHAKE_TIMEOUT" });
  });
});

describe("while a handshake hook thinks", () => {
  const ways: [string, (socket: Socket) => void][] = [
    ["ends", (socket) => void socket.end()],
    ["closes", (socket) => void socket.destroy()],
    ["resets", (socket) => void socket.resetAndDestroy()],
    ["sends a frame and ends", (socket) => void socket.end(clientFrame(1, "hello"))],
    [
      "sends a frame and resets",
      (socket) => void socket.write(clientFrame(1, "hello"), () => socket.resetAndDestroy()),
    ],
  ];
  it.each(ways)("the peer %s: the signal is aborted, nothing is left", async (_name, leave) => {
    const uncaught = takeUncaught();
    const { hook, asked, answer } = waitingHook<unknown>();
    const lost = gate<unknown>();
    const { port, server } = await serve({ onHandshake: hook, onError: lost.open });
    const raw = await RawClient.connect(port);
    raw.socket.write(upgradeRequest());
    const request = await asked;
    const { socket } = request.raw;
    const listeners = ["end", "close", "error"].map((name) => socket.listenerCount(name));
    const aborted = once(request.signal, "abort");
    leave(raw.socket);
    await aborted;
    expect(request.signal.reason).toMatchObject({ code: "CONNECTION_LOST" });
    expect(await lost.promise).toBe(request.signal.reason);
    raw.socket.destroy();
    if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
    answer(undefined);
    await letThingsHappen(2);
    expect(server.connections.size).toBe(0);
    expect(listeners.every((count) => count > 0)).toBe(true);
    // The refusal has one of its own.
    expect(socket.listenerCount("end")).toBeLessThan(listeners[0]! + 2);
    expect(uncaught).toEqual([]);
  });

  it.each([
    ["a little", 3],
    ["more than is kept", 100],
  ])("the peer may send %s: all of it is the connection's, in order", async (_name, count) => {
    const { hook, asked, answer } = waitingHook<unknown>();
    const { port } = await serve({ onHandshake: hook, onConnection: echo });
    const raw = await RawClient.connect(port);
    raw.socket.write(upgradeRequest());
    await asked;
    const payloads = Array.from({ length: count }, (_, index) =>
      `${index}`.padStart(4, "0").repeat(250),
    );
    for (const payload of payloads) {
      raw.socket.write(clientFrame(1, payload));
      if (count < 10) await letThingsHappen(2);
    }
    answer(undefined);
    expect(await raw.head()).toMatch(/^HTTP\/1\.1 101 /);
    const frameBytes = 4 + 1000;
    await raw.until((received) => received.length >= count * frameBytes);
    const texts = payloads.map((_, index) =>
      raw.received.toString("latin1", index * frameBytes + 4, (index + 1) * frameBytes),
    );
    expect(texts).toEqual(payloads);
  });

  it("the server is shut down: 503 at once, and the signal is aborted", async () => {
    const { hook, asked } = waitingHook<unknown>();
    const { port, server } = await serve({ onHandshake: hook });
    const answer = answerOf(port);
    const { signal } = await asked;
    const done = server.shutdown();
    expect(await answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(signal.reason).toMatchObject({ code: "CONNECTION_SHUTDOWN" });
    await done;
  });

  it("a flood of bytes stays with the peer", async () => {
    const { hook, asked, answer } = waitingHook<unknown>();
    const { port, server } = await serve({ onHandshake: hook });
    const raw = await RawClient.connect(port);
    raw.socket.write(upgradeRequest());
    const { socket } = (await asked).raw;
    const message = clientFrame(2, new Uint8Array(60_000));
    const total = 500;
    for (let sent = 0; sent < total; sent += 1) raw.socket.write(message);
    await letThingsHappen();
    expect(raw.socket.writableLength).toBeGreaterThan(10_000_000);
    expect(socket.readableLength).toBeLessThan(300_000);
    expect(socket.bytesRead).toBeLessThan(300_000);

    let received = 0;
    const all = new Promise<void>((resolve) => {
      server.onConnection((connection) => {
        connection.onMessage(() => {
          received += 1;
          if (received === total) resolve();
        });
      });
    });
    answer(undefined);
    await all;
  });
});

describe("the types of a hook", () => {
  it("want data where the listeners may rely on it", () => {
    type User = { readonly name: string };
    const hooks: HandshakeHook<User>[] = [
      () => ({ data: { name: "ada" } }),
      () => new Response(null, { status: 403 }),
      // @ts-expect-error: no data
      () => ({}),
      // @ts-expect-error: nothing at all
      () => undefined,
    ];
    const free: HandshakeHook<User | undefined>[] = [() => undefined, () => ({}), async () => {}];
    expect([hooks.length, free.length]).toEqual([4, 3]);
    expectTypeOf<WebSocketServer["connections"]>().toEqualTypeOf<ReadonlySet<Connection>>();
  });

  it("give messages to a hook that lets anything through", async () => {
    const { url, server } = await serve({ onHandshake: () => undefined });
    server.onConnection((connection) => connection.send("welcome"));
    expect(await next(await open(url))).toBe("welcome");
  });
});
