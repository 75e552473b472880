/**
 * What there is beyond `ws`, for those who ask for it.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { WebSocket, WebSocketServer } from "@tautline/ws";
import { expect, onTestFinished, test } from "vitest";
import { clientFrame, portOf, rawClient, textOf, urlOf } from "./faces.ts";

async function listen(options: WebSocket.ServerOptions): Promise<WebSocketServer> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await once(server, "listening");
  return server;
}

test("a heartbeat finds out that a peer has gone", async () => {
  const server = await listen({ pingIntervalMs: 20, pongTimeoutMs: 20 });
  const opened = once(server, "connection");
  const socket = await rawClient(server);
  const [peer] = (await opened) as [WebSocket];
  const closed = once(peer, "close");
  // A ping comes, and nothing answers it.
  const [ping] = (await once(socket, "data")) as [Buffer];
  expect([...ping]).toEqual([0x89, 0]);
  expect((await closed)[0]).toBe(1006);
});

test("a broadcast reaches all who are open, framed once", async () => {
  const server = await listen({ perMessageDeflate: true });
  const clients = [new WebSocket(urlOf(server)), new WebSocket(urlOf(server))];
  await Promise.all(clients.map((client) => once(client, "open")));
  const [first, second] = clients as [WebSocket, WebSocket];
  const [left] = [...server.clients];
  left?.send("part", { fin: false });
  const seen = Promise.all([once(first, "message"), once(second, "message")]);
  expect(server.broadcast("to all".repeat(500))).toBe(2);
  const lengths = (await seen).map(([data]) => textOf(data as WebSocket.RawData).length);
  expect(lengths.toSorted((a, b) => a - b)).toEqual([3000, 3004]);
});

test("who sends faster than the peer reads is told, and told when it keeps up", async () => {
  const server = await listen({ highWaterMarkBytes: 1000 });
  const opened = once(server, "connection");
  const socket = await rawClient(server);
  const [peer] = (await opened) as [WebSocket];
  socket.pause();
  const block = Buffer.alloc(1_000_000);
  while (!peer.needsDrain || peer.bufferedAmount < 4_000_000) peer.send(block);
  const drained = once(peer, "drain");
  socket.resume();
  socket.on("data", () => {});
  await drained;
  expect(peer.needsDrain).toBe(false);
});

test("a queue with a limit closes the connection that passes it", async () => {
  const server = await listen({ maxQueuedBytes: 100 });
  const opened = once(server, "connection");
  const client = new WebSocket(urlOf(server));
  const [peer] = (await opened) as [WebSocket];
  const failed = once(peer, "error");
  peer.send(Buffer.alloc(200));
  const [[code], [error]] = await Promise.all([once(client, "close"), failed]);
  expect([code, (error as { code: string }).code]).toEqual([1013, "LIMIT_QUEUED_BYTES"]);
});

test("a shutdown says good-bye, and cuts off who stays", async () => {
  const server = await listen({});
  const opened = once(server, "connection");
  const stays = await rawClient(server);
  await opened;
  const client = new WebSocket(urlOf(server));
  await once(client, "open");
  const cut = once(stays, "close");
  stays.resume();
  const [[code, reason]] = await Promise.all([
    once(client, "close"),
    server.shutdown({ reason: "later", timeoutMs: 20 }),
    cut,
  ]);
  expect([code, String(reason)]).toEqual([1001, "later"]);
});

test("who asks for strictness gets it: frames are judged as the standard has it", async () => {
  for (const [frame, reason] of [
    [Buffer.from([0x81, 0xfe, 0, 1, 0, 0, 0, 0, 0x78]), /not in its shortest form/],
    // A text whose first piece is wrong already.
    [clientFrame(0x01, Buffer.from([0xff])), /invalid UTF-8 sequence/],
  ] as const) {
    const server = await listen({ strict: true });
    const opened = once(server, "connection");
    const socket = await rawClient(server);
    const [peer] = (await opened) as [WebSocket];
    const failed = once(peer, "error") as Promise<[Error]>;
    socket.write(frame);
    expect((await failed)[0].message).toMatch(reason);
  }
});

test("who asks for strictness gets it: requests are judged as the standard has it", async () => {
  const server = await listen({ strict: true });
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  const lines = ["Host: a", "Upgrade: websocket", "Connection: Upgrade", key];
  for (const [request, status] of [
    [["GET / HTTP/1.0", ...lines, "Sec-WebSocket-Version: 13"], 505],
    [["GET / HTTP/1.1", ...lines, "Sec-WebSocket-Version: 8"], 426],
    [["GET / HTTP/1.1", ...lines, "Sec-WebSocket-Version: 13", "Origin: http://b"], 101],
  ] as const) {
    const socket = connect(portOf(server), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.write(`${request.join("\r\n")}\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  }
});
