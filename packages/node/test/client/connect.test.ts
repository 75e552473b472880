import { getEventListeners, once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { HandshakeRefused, connect, nodePlatform } from "@tautline/node";
import type { ConnectOptions } from "@tautline/node";
import { acceptKey } from "@tautline/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { certificate, echo, letThingsHappen, next, open, serve, tcpServer } from "../servers.ts";

/** A server that answers every request with `response` and goes on as `then` says. */
function answering(
  response: string,
  then: (socket: Socket) => void = () => undefined,
): Promise<number> {
  return tcpServer((socket) => {
    socket.once("data", () => {
      socket.write(response);
      then(socket);
    });
  });
}

const failure = (port: number, options?: ConnectOptions, scheme = "ws"): Promise<unknown> =>
  connect(`${scheme}://127.0.0.1:${port}/`, options).then(
    () => expect.unreachable("it connected"),
    (error: unknown) => error,
  );

describe("connect", () => {
  it("sends path, query, headers, subprotocols and the user of the URL", async () => {
    const seen: Record<string, unknown>[] = [];
    const { port } = await serve({
      subprotocols: ["b"],
      onConnection: (_connection, { target, headers }) => {
        const { host, authorization, cookie } = headers;
        seen.push({ target, host, authorization, cookie });
      },
    });
    const client = await open(`ws://us%C3%A9r:p%3Aw@127.0.0.1:${port}/path?a=b`, {
      subprotocols: ["a", "b"],
      headers: { Cookie: ["c=d"] },
    });
    expect(client.subprotocol).toBe("b");
    expect(seen).toEqual([
      {
        target: "/path?a=b",
        host: `127.0.0.1:${port}`,
        authorization: `Basic ${Buffer.from("usér:p:w").toString("base64")}`,
        cookie: "c=d",
      },
    ]);
  });

  it("lets a header of the caller's go before the user of the URL", async () => {
    const seen: unknown[] = [];
    const { port } = await serve({
      onConnection: (_connection, { headers }) => void seen.push(headers.authorization),
    });
    await open(`ws://user@127.0.0.1:${port}/`, { headers: { authorization: "Bearer x" } });
    expect(seen).toEqual(["Bearer x"]);
  });

  it("takes a URL object", async () => {
    const { url } = await serve();
    const client = await connect(new URL(url));
    expect(client.state).toBe("open");
    client.terminate();
  });

  it("loses no frame that came with the response", async () => {
    const port = await tcpServer((socket) => {
      socket.once("data", (request: Buffer) => {
        const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request.toString())![1]!;
        const accept = acceptKey(key, nodePlatform);
        const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
        socket.end(Buffer.from(`${head}\x81\x05early\x88\x02\x03\xe8`, "latin1"));
      });
    });
    const client = await open(`ws://127.0.0.1:${port}/`);
    expect(await next(client)).toBe("early");
    expect(await next(client)).toBeUndefined();
    expect(await client.closed).toMatchObject({ code: 1000, wasClean: true });
  });
});

describe("connect fails", () => {
  it.each([
    ["http://localhost/", "USAGE_URL"],
    ["/relative", "USAGE_URL"],
    ["", "USAGE_URL"],
    ["ws://localhost/#part", "USAGE_URL"],
    ["ws://localhost/#", "USAGE_URL"],
    ["ws://us%ff@localhost/", "USAGE_URL"],
  ])("for the URL %j, which could not work", async (url, code) => {
    await expect(connect(url)).rejects.toMatchObject({ name: "UsageError", code });
  });

  it.each<[ConnectOptions, string]>([
    [{ headers: { "X-Bad": "a\r\nInjected: b" } }, "USAGE_HANDSHAKE_HEADER"],
    [{ headers: { "Bad Name": "a" } }, "USAGE_HANDSHAKE_HEADER"],
    [{ subprotocols: ["a", "a"] }, "USAGE_HANDSHAKE_SUBPROTOCOL"],
    [{ connectTimeoutMs: 0 }, "USAGE_OPTION"],
    [{ maxMessageBytes: -1 }, "USAGE_OPTION"],
  ])("for the options %j, before anything is sent", async (options, code) => {
    let connections = 0;
    const port = await tcpServer(() => {
      connections += 1;
    });
    expect(await failure(port, options)).toMatchObject({ name: "UsageError", code });
    await letThingsHappen(5);
    expect(connections).toBe(0);
  });

  it("when nobody listens", async () => {
    const server = createTcpServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    expect(await failure(port)).toMatchObject({
      name: "ConnectionFailed",
      code: "CONNECTION_UNREACHABLE",
      cause: { code: "ECONNREFUSED" },
    });
  });

  it.each([200, 301, 401, 426, 503])("when the server answers %i, and says so", async (status) => {
    const port = await answering(
      `HTTP/1.1 ${status} Whatever\r\nX-Reason: because\r\nContent-Length: 2\r\n\r\nno`,
    );
    const error = await failure(port);
    expect(error).toBeInstanceOf(HandshakeRefused);
    expect(error).toMatchObject({ code: "CONNECTION_HANDSHAKE_REFUSED", status });
    expect((error as HandshakeRefused).headers.values("x-reason")).toEqual(["because"]);
  });

  it.each([
    ["is no HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
    [
      "has a wrong accept value",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    ],
  ])("when the answer %s", async (_name, response) => {
    expect(await failure(await answering(response))).toMatchObject({ name: "ProtocolViolation" });
  });

  it("when the answer never ends", async () => {
    const port = await answering("HTTP/1.1 101 Switching Protocols\r\n", (socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write(`X-More: ${"x".repeat(1000)}\r\n`));
      };
      socket.on("drain", more);
      more();
    });
    expect(await failure(port, { headLimits: { maxHeadBytes: 50_000 } })).toMatchObject({
      name: "LimitExceeded",
      code: "LIMIT_HEAD_BYTES",
    });
  });

  const cuts: [string, (socket: Socket) => void][] = [
    ["ends", (socket) => void socket.end()],
    ["is reset", (socket) => void socket.resetAndDestroy()],
  ];
  it.each(cuts)(
    "when the socket %s before, within or instead of the answer",
    async (_name, cut) => {
      const ports = [
        await tcpServer((socket) => void socket.once("data", () => cut(socket))),
        await answering("HTTP/1.1 101 Switch", cut),
      ];
      for (const port of ports) {
        expect(await failure(port)).toMatchObject({ code: "CONNECTION_HANDSHAKE_CUT" });
      }
      expect(await failure(await tcpServer(cut))).toMatchObject({ name: "ConnectionFailed" });
    },
  );

  it("when connectTimeoutMs has passed, and closes the socket", async () => {
    const closed: Promise<unknown>[] = [];
    const silent = await tcpServer((socket) => {
      closed.push(
        new Promise((resolve) => {
          socket.on("close", resolve).resume();
        }),
      );
    });
    const start = performance.now();
    expect(await failure(silent, { connectTimeoutMs: 40 })).toMatchObject({
      name: "ConnectionFailed",
      code: "CONNECTION_CONNECT_TIMEOUT",
    });
    expect(performance.now() - start).toBeGreaterThanOrEqual(39);
    expect(await failure(silent, { connectTimeoutMs: 40 }, "wss")).toMatchObject({
      code: "CONNECTION_CONNECT_TIMEOUT",
    });
    expect(closed).toHaveLength(2);
    await Promise.all(closed);
  });
});

describe("an AbortSignal", () => {
  const reason = new Error("no longer wanted");

  it("that is aborted already prevents the attempt", async () => {
    let connections = 0;
    const port = await tcpServer(() => {
      connections += 1;
    });
    expect(await failure(port, { signal: AbortSignal.abort(reason) })).toBe(reason);
    await letThingsHappen(5);
    expect(connections).toBe(0);
  });

  it("ends the attempt while the socket connects", async () => {
    const { port } = await serve();
    const controller = new AbortController();
    const failed = failure(port, { signal: controller.signal });
    controller.abort(reason);
    expect(await failed).toBe(reason);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it.each(["ws", "wss"])("ends the attempt while the %s server is silent", async (scheme) => {
    const controller = new AbortController();
    let closed: Promise<unknown> | undefined;
    const port = await tcpServer((socket) => {
      closed = new Promise((resolve) => {
        socket.on("close", resolve);
      });
      socket.once("data", () => controller.abort(reason));
    });
    expect(await failure(port, { signal: controller.signal }, scheme)).toBe(reason);
    await closed;
  });

  it("does nothing once the connection is open", async () => {
    const { url } = await serve({ onConnection: echo });
    const controller = new AbortController();
    const client = await open(url, { signal: controller.signal });
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    controller.abort(reason);
    client.send("still here");
    expect(await next(client)).toBe("still here");
  });
});

describe("wss:", () => {
  const secure = { tls: { cert: certificate.cert, key: certificate.key } };
  const trusting = { tls: { ca: certificate.cert } };

  it("carries messages of any size, and is known as encrypted at both ends", async () => {
    const { url, server } = await serve({ ...secure, onConnection: echo });
    const client = await open(url, trusting);
    const large = "z".repeat(4_000_000);
    client.send(large);
    expect((await next(client)) === large).toBe(true);
    const [accepted] = [...server.connections];
    expect([client.encrypted, accepted!.encrypted]).toEqual([true, true]);
    client.close(1000);
    expect(await client.closed).toMatchObject({ code: 1000, wasClean: true });
    expect(await accepted!.closed).toMatchObject({ code: 1000, wasClean: true });
  });

  it("works by name, with the name sent to the server", async () => {
    const { port } = await serve(secure);
    const client = await open(`wss://localhost:${port}/`, trusting);
    expect(client.state).toBe("open");
  });

  it.each([
    ["nothing is said about it", undefined],
    ["the option is undefined", { rejectUnauthorized: undefined }],
    ["the option is null", { rejectUnauthorized: null }],
    ["the option is 0", { rejectUnauthorized: 0 }],
    ["the option is true", { rejectUnauthorized: true }],
  ])("refuses a certificate that does not verify, when %s", async (_name, tls) => {
    const requests: unknown[] = [];
    const { port } = await serve({ ...secure, onConnection: (c) => void requests.push(c) });
    expect(await failure(port, { tls: tls as object }, "wss")).toMatchObject({
      code: "CONNECTION_UNREACHABLE",
      cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    });
    expect(requests).toEqual([]);
  });

  it("takes it when it is told so", async () => {
    const { url } = await serve(secure);
    const client = await open(url, { tls: { rejectUnauthorized: false } });
    expect(client.state).toBe("open");
  });

  it("fails on a server that speaks no TLS, and a plain client on one that does", async () => {
    const plain = await serve();
    expect(await failure(plain.port, trusting, "wss")).toMatchObject({
      code: "CONNECTION_UNREACHABLE",
    });
    const encrypted = await serve(secure);
    expect(await failure(encrypted.port)).toMatchObject({ name: "ConnectionFailed" });
  });

  it("shares an https server", async () => {
    const { createServer } = await import("node:https");
    const { WebSocketServer } = await import("@tautline/node");
    const httpsServer = createServer(certificate, (_request, response) => response.end("plain"));
    const server = new WebSocketServer({ path: "/ws", onConnection: echo });
    server.attach(httpsServer);
    onTestFinished(async () => {
      await server.shutdown({ drainTimeoutMs: 0 });
      httpsServer.close();
    });
    httpsServer.listen(0, "127.0.0.1");
    await once(httpsServer, "listening");
    const { port } = httpsServer.address() as AddressInfo;
    const client = await open(`wss://127.0.0.1:${port}/ws`, trusting);
    client.send("over https");
    expect(await next(client)).toBe("over https");
  });
});

describe("a server behind another protocol", () => {
  it("that answers 101 to something else is refused", async () => {
    const httpServer = createHttpServer();
    httpServer.on("upgrade", (_request, socket) => {
      socket.end("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
    });
    onTestFinished(() => void httpServer.close());
    httpServer.listen(0, "127.0.0.1");
    await once(httpServer, "listening");
    const { port } = httpServer.address() as AddressInfo;
    expect(await failure(port)).toMatchObject({ name: "ProtocolViolation" });
  });
});
