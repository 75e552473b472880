import { EventEmitter, once } from "node:events";
import { connect as connectSocket } from "node:net";
import type { Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Connection, ServerOptions, UpgradeRequest } from "@tautline/node";
import { echo, serve } from "../servers.ts";

const key = "dGhlIHNhbXBsZSBub25jZQ==";

/** A head that asks for a WebSocket, with `more` lines in it. */
function upgrade(...more: string[]): string {
  const lines = [
    "GET /chat?room=4 HTTP/1.1",
    "Host: 127.0.0.1",
    "Upgrade: websocket",
    "Connection: keep-alive, Upgrade",
    `Sec-WebSocket-Key: ${key}`,
    "Sec-WebSocket-Version: 13",
    ...more,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

const plain = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/** "hello" from a client, with a key of zeros. */
const hello = Buffer.from([0x81, 0x85, 0, 0, 0, 0, ...Buffer.from("hello")]);
const helloBack = Buffer.from([0x81, 0x05, ...Buffer.from("hello")]).toString("latin1");

interface Raw {
  readonly socket: Socket;
  /** Everything up to and with `end`. */
  readonly until: (end: string) => Promise<string>;
  /** Everything until the server is done. */
  readonly all: () => Promise<string>;
}

async function raw(port: number): Promise<Raw> {
  const socket = connectSocket({ port, host: "127.0.0.1" });
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  return {
    socket,
    until: async (end) => {
      while (!text.includes(end)) await once(socket, "data");
      return text;
    },
    all: async () => {
      if (!socket.closed) await once(socket, "close");
      return text;
    },
  };
}

/** A server that answers what it is sent, and what it knows of requests. */
async function listen(options: ServerOptions = {}) {
  const requests: UpgradeRequest[] = [];
  const running = await serve({
    ...options,
    onConnection: (connection: Connection, request) => {
      requests.push(request);
      echo(connection);
    },
  });
  return { ...running, requests };
}

describe("the first read of a socket on a port of one's own", () => {
  it("becomes a connection, with frames that came behind the head in the same read", async () => {
    const { port } = await listen();
    const { socket, until } = await raw(port);
    socket.write(Buffer.concat([Buffer.from(upgrade()), hello, hello]));
    const answer = await until(helloBack + helloBack);
    expect(answer).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(answer).toContain("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
  });

  it.each([1, 20, 100, upgrade().length - 1])(
    "becomes one too when its head is cut at byte %i",
    async (cut) => {
      const { port } = await listen();
      const { socket, until } = await raw(port);
      socket.setNoDelay(true);
      const bytes = Buffer.concat([Buffer.from(upgrade()), hello]);
      socket.write(bytes.subarray(0, cut));
      // A round trip of another connection: the first piece has been read by then.
      const other = await raw(port);
      other.socket.write(upgrade());
      await other.until("\r\n\r\n");
      socket.write(bytes.subarray(cut));
      expect(await until(helloBack)).toContain("101 Switching Protocols");
    },
  );

  it("that asks for no WebSocket is answered, and so is what comes behind it", async () => {
    const { port } = await listen();
    const { socket, all } = await raw(port);
    socket.write(plain);
    const answer = await all();
    expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(answer).toContain("This is a WebSocket server.");
  });

  it.each([
    ["no request at all", "\x16\x03\x01 hello\r\n\r\n", "400"],
    ["a head that has two ends", upgrade("X: a\nb"), "400"],
    ["a body of two lengths", upgrade("Content-Length: 5", "Transfer-Encoding: chunked"), "400"],
    ["a header that is folded", upgrade("X: a", " b"), "400"],
    ["white space before a colon", upgrade("X : a"), "400"],
    ["a head that is too large", upgrade(`X: ${"x".repeat(20_000)}`), "431"],
    ["another version of HTTP", upgrade().replace("HTTP/1.1", "HTTP/1.0"), "505"],
    ["another method", upgrade().replace("GET", "POST"), "405"],
    ["a key that is none", upgrade().replace(key, "x"), "400"],
    ["a version that is not spoken", upgrade().replace("Version: 13", "Version: 8"), "426"],
    ["two hosts", upgrade("Host: other"), "400"],
  ])("with %s is refused", async (_name, head, status) => {
    const { port, requests } = await listen({ maxHeadBytes: 16 * 1024 });
    const { socket, all } = await raw(port);
    socket.write(Buffer.from(head, "latin1"));
    expect((await all()).slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    expect(requests).toEqual([]);
  });

  it("for a path that nobody has is refused", async () => {
    const { port } = await listen({ path: "/other" });
    const { socket, all } = await raw(port);
    socket.write(upgrade());
    expect(await all()).toMatch(/^HTTP\/1\.1 404 /);
  });

  it("shows the application the request in the words of Node.js", async () => {
    const { port, requests } = await listen();
    const { socket, until } = await raw(port);
    socket.write(
      upgrade(
        "Cookie: a=1",
        "cookie: b=2",
        "X-One: 1",
        "x-one: 2",
        "User-Agent: t",
        "user-agent: u",
      ),
    );
    await until("\r\n\r\n");
    const [request] = requests;
    expect(request?.path).toBe("/chat");
    expect(request?.query.get("room")).toBe("4");
    expect(request?.remoteAddress).toBe("127.0.0.1");
    expect(request?.headers).toMatchObject({
      host: "127.0.0.1",
      cookie: "a=1; b=2",
      "x-one": "1, 2",
      "user-agent": "t",
    });
    expect(request?.raw).toMatchObject({
      method: "GET",
      url: "/chat?room=4",
      httpVersion: "1.1",
      complete: true,
      headers: request?.headers,
    });
    expect(request?.raw.rawHeaders.slice(0, 4)).toEqual([
      "Host",
      "127.0.0.1",
      "Upgrade",
      "websocket",
    ]);
    expect(request?.raw.socket.remotePort).toBe(socket.localPort);
  });

  it("waits for a hook, with what the peer sends meanwhile", async () => {
    const stage = new EventEmitter();
    const { port } = await listen({
      onHandshake: async () => {
        stage.emit("begun");
        await once(stage, "release");
        return {};
      },
    });
    const { socket, until } = await raw(port);
    socket.write(Buffer.concat([Buffer.from(upgrade()), hello]));
    await once(stage, "begun");
    socket.write(hello);
    stage.emit("release");
    expect(await until(helloBack + helloBack)).toContain("101 Switching Protocols");
  });

  it("tells a hook when the peer goes away", async () => {
    const stage = new EventEmitter();
    const { port } = await listen({
      onHandshake: async (request) => {
        socket.end();
        await once(request.signal, "abort");
        stage.emit("aborted", request.signal.reason);
        return {};
      },
    });
    const { socket } = await raw(port);
    const aborted = once(stage, "aborted");
    socket.write(upgrade());
    expect(await aborted).toMatchObject([{ code: "CONNECTION_LOST" }]);
  });

  it("that never comes is waited for so long and no longer", async () => {
    const { port } = await listen({ handshakeTimeoutMs: 40 });
    const { all } = await raw(port);
    expect(await all()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("that is an end closes the socket", async () => {
    const { port } = await listen();
    const { socket, all } = await raw(port);
    socket.end();
    expect(await all()).toBe("");
  });
});
