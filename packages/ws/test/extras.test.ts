/**
 * What there is beyond `ws`, for those who ask for it.
 */
import { once } from "node:events";
import { WebSocket, WebSocketServer } from "@tautline/ws";
import { expect, onTestFinished, test } from "vitest";
import { rawClient, textOf, urlOf } from "./faces.ts";

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
