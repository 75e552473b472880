/**
 * What RFC 6455 demands of the network below the handshake: sockets, TLS and addresses. Bytes are watched where they
 * travel, between a client and a server that know nothing of it.
 */
import { EventEmitter, once } from "node:events";
import { connect as connectTcp, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { connect } from "@tautline/node";
import { acceptKey } from "@tautline/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  certificate,
  echo,
  letThingsHappen,
  next,
  open,
  RawClient,
  serve,
  tcpServer,
  upgradeRequest,
} from "../../packages/node/test/servers.ts";
import { nodePlatform } from "../../packages/node/src/platform.ts";
import { parseWebSocketUrl } from "../../packages/node/src/client/websocket-url.ts";

/** TLS records of the kind "handshake" begin with this (RFC 8446 §5.1). */
const tlsHandshake = 0x16;
const trusting = { tls: { ca: certificate.cert } };

/** A port that leads to `target`, and all that travels through it. */
async function watched(
  target: number,
): Promise<{ port: number; up: () => Buffer; down: () => Buffer }> {
  const seen: { up: Buffer[]; down: Buffer[] } = { up: [], down: [] };
  const port = await tcpServer((near) => {
    const far = connectTcp(target, "127.0.0.1");
    onTestFinished(() => void far.destroy());
    far.on("error", () => near.destroy());
    near.on("data", (chunk) => seen.up.push(chunk)).pipe(far);
    far.on("data", (chunk) => seen.down.push(chunk)).pipe(near);
  });
  return { port, up: () => Buffer.concat(seen.up), down: () => Buffer.concat(seen.down) };
}

describe("over TLS", () => {
  test("the handshake and everything after it travels encrypted, both ways [RFC6455-4.1-11, RFC6455-4.1-13, RFC6455-4.2.2-2, RFC6455-10.6-1]", async () => {
    const { port: target } = await serve({ tls: certificate, onConnection: echo });
    const { port, up, down } = await watched(target);
    const client = await open(`wss://127.0.0.1:${port}/some-path`, trusting);
    client.send("some message");
    expect(await next(client)).toBe("some message");
    for (const bytes of [up(), down()]) {
      expect(bytes[0]).toBe(tlsHandshake);
      const plain = bytes.toString("latin1");
      expect(
        ["some-path", "Upgrade", "HTTP/1.1", "Sec-WebSocket", "some message"].filter((part) =>
          plain.includes(part),
        ),
      ).toEqual([]);
    }
  });

  test("the client names the host [RFC6455-4.1-14]", async () => {
    const names: string[] = [];
    const server = createTlsServer({
      ...certificate,
      SNICallback: (name, done) => (names.push(name), done(null)),
    });
    server.on("secureConnection", (socket) => socket.destroy());
    server.listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await expect(connect(`wss://localhost:${port}/`, trusting)).rejects.toMatchObject({
      name: "ConnectionFailed",
    });
    expect(names).toEqual(["localhost"]);
  });

  test("a certificate that does not verify ends the attempt before the handshake [RFC6455-4.1-12]", async () => {
    const requests: Buffer[] = [];
    const server = createTlsServer(certificate, (socket) => {
      socket.on("error", () => undefined).on("data", (chunk: Buffer) => requests.push(chunk));
    });
    server.on("tlsClientError", () => undefined);
    server.listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await expect(connect(`wss://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: "CONNECTION_UNREACHABLE",
    });
    await letThingsHappen();
    expect(requests).toEqual([]);
  });
});

describe("the client", () => {
  test("fails when nobody listens [RFC6455-4.1-10]", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    await expect(connect(`ws://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: "CONNECTION_UNREACHABLE",
    });
  });

  test("connects directly, and sends nothing after its handshake until the answer has come [RFC6455-4.1-8, RFC6455-4.1-31]", async () => {
    const { socket, received, connected } = await requested();
    const head = received.toString("latin1");
    expect(head.endsWith("\r\n\r\n")).toBe(true);
    let more = 0;
    socket.on("data", (chunk: Buffer) => {
      more += chunk.byteLength;
    });
    await letThingsHappen();
    expect(more).toBe(0);
    const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1] ?? "";
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key, nodePlatform)}\r\n\r\n`,
    );
    (await connected).send("now");
    await once(socket, "data");
    expect(more).toBeGreaterThan(0);
  });

  test("fails and closes the connection when the answer is wrong [RFC6455-7.2.1-1, RFC6455-7.1.7-1]", async () => {
    const { socket, connected } = await requested();
    const closed = once(socket.resume(), "close");
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    );
    await expect(connected).rejects.toMatchObject({ name: "ProtocolViolation" });
    await closed;
  });

  test.each(["ws", "wss"])(
    "writes %s: addresses in ASCII [RFC6455-11.1.1-1, RFC6455-11.1.1-2, RFC6455-11.1.2-1, RFC6455-11.1.2-2]",
    (scheme) => {
      expect(parseWebSocketUrl(`${scheme}://bücher.example/größe/π?q=ü "x"`)).toMatchObject({
        hostname: "xn--bcher-kva.example",
        authority: "xn--bcher-kva.example",
        target: "/gr%C3%B6%C3%9Fe/%CF%80?q=%C3%BC%20%22x%22",
      });
    },
  );
});

describe("the server", () => {
  test("that refuses a handshake says so and closes the connection [RFC6455-7.2.2-1]", async () => {
    const { port } = await serve();
    const client = await RawClient.connect(port);
    client.socket.write(upgradeRequest({ headers: { "Sec-WebSocket-Key": "short" } }));
    expect(await client.all()).toMatch(/^HTTP\/1\.1 400 /);
    expect(client.socket.readableEnded).toBe(true);
  });
});

/** A client that has sent its handshake, seen from the server's socket. */
async function requested() {
  const arrivals = new EventEmitter();
  const port = await tcpServer((arrived) => void arrivals.emit("socket", arrived));
  const accepted = once(arrivals, "socket");
  const connected = open(`ws://127.0.0.1:${port}/`);
  const [socket] = (await accepted) as [Socket];
  const [received] = (await once(socket, "data")) as [Buffer];
  return { socket, received, connected };
}
