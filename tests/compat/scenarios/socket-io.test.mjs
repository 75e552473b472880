/** socket.io over the websocket transport alone: acknowledgements, rooms, binary, broadcast, compression. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

import { Server } from "socket.io";
import { io } from "socket.io-client";

async function start(t, options = {}) {
  const http = createServer();
  const server = new Server(http, { transports: ["websocket"], ...options });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => server.close());
  const url = `http://127.0.0.1:${http.address().port}`;
  const connect = async () => {
    const client = io(url, { transports: ["websocket"], reconnection: false, forceNew: true });
    t.after(() => client.close());
    const arrived = once(server, "connection");
    await once(client, "connect");
    const [socket] = await arrived;
    return { client, socket };
  };
  return { server, connect };
}

test("socket.io: events with acknowledgements travel both ways", async (t) => {
  const { connect } = await start(t);
  const { client, socket } = await connect();
  assert.equal(socket.conn.transport.name, "websocket");
  socket.on("add", (a, b, answer) => answer(a + b));
  assert.equal(await client.emitWithAck("add", 2, 3), 5);
  client.on("shout", (text, answer) => answer(text.toUpperCase()));
  assert.equal(await socket.emitWithAck("shout", "grüße"), "GRÜSSE");
});

test("socket.io: a room gets what is sent to it, and nobody else", async (t) => {
  const { server, connect } = await start(t);
  const pairs = [await connect(), await connect(), await connect()];
  await Promise.all(pairs.slice(0, 2).map(({ socket }) => socket.join("a room")));
  const heard = pairs.map(() => []);
  pairs.forEach(({ client }, index) => client.on("news", (text) => heard[index].push(text)));
  const last = Promise.all(pairs.map(({ client }) => once(client, "end")));
  server.to("a room").emit("news", "for the room");
  server.emit("news", "for all");
  pairs[0].socket.broadcast.emit("news", "for the others");
  server.emit("end");
  await last;
  assert.deepEqual(heard, [
    ["for the room", "for all"],
    ["for the room", "for all", "for the others"],
    ["for all", "for the others"],
  ]);
});

for (const perMessageDeflate of [false, true]) {
  test(`socket.io: binary of every size, perMessageDeflate ${perMessageDeflate}`, async (t) => {
    const { server, connect } = await start(t, { perMessageDeflate, maxHttpBufferSize: 4e6 });
    const { client, socket } = await connect();
    socket.on("echo", (bytes, answer) => answer({ bytes, length: bytes.length }));
    for (const size of [0, 1, 125, 126, 65_535, 65_536, 1_000_000]) {
      const bytes = Buffer.alloc(size, "tautline");
      const { bytes: back, length } = await client.emitWithAck("echo", bytes);
      assert.equal(length, size);
      assert.ok(bytes.equals(back));
    }
    const received = once(client, "blob");
    server.emit("blob", Buffer.from([1, 2, 3]), { nested: Buffer.from([4]) });
    const [first, { nested }] = await received;
    assert.deepEqual([[...first], [...nested]], [[1, 2, 3], [4]]);
  });
}

test("socket.io: a disconnection is told to both sides with its reason", async (t) => {
  const { connect } = await start(t);
  const one = await connect();
  const gone = once(one.socket, "disconnect");
  one.client.disconnect();
  assert.equal((await gone)[0], "client namespace disconnect");
  const two = await connect();
  const left = once(two.client, "disconnect");
  two.socket.disconnect(true);
  assert.equal((await left)[0], "io server disconnect");
});

test("socket.io: a client that breaks off is noticed", async (t) => {
  const { connect } = await start(t);
  const { client, socket } = await connect();
  const gone = once(socket, "disconnect");
  client.io.engine.transport.ws.terminate();
  assert.equal((await gone)[0], "transport close");
});

test("socket.io: heartbeats keep a connection, and one that does not answer is dropped", async (t) => {
  const { connect } = await start(t, { pingInterval: 20, pingTimeout: 200 });
  const { client, socket } = await connect();
  let beats = 0;
  await new Promise((resolve) => {
    client.io.engine.on("packet", ({ type }) => type === "ping" && ++beats === 3 && resolve());
  });
  assert.ok(socket.connected);
  const gone = once(socket, "disconnect");
  client.io.engine.transport.ws.send = () => {};
  assert.equal((await gone)[0], "ping timeout");
});
