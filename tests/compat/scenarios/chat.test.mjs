/** The chat server of a dozen lines that so many applications began with, as it stands, with three guests. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { test } from "node:test";

const WebSocket = createRequire(import.meta.url)("ws");

function chatServer() {
  const server = new WebSocket.Server({ port: 0 });
  server.on("connection", (socket) => {
    socket.on("message", (message) => {
      server.clients.forEach((client) => {
        if (client.readyState === WebSocket.OPEN) client.send(`${message}`);
      });
    });
  });
  return server;
}

test("chat: what one says all hear, and who leaves is forgotten", async () => {
  const server = chatServer();
  await once(server, "listening");
  const url = `ws://localhost:${server.address().port}`;
  const guests = ["ada", "bob", "eve"].map(() => new WebSocket(url));
  await Promise.all(guests.map((guest) => once(guest, "open")));
  assert.equal(server.clients.size, 3);
  const heard = Promise.all(guests.map((guest) => once(guest, "message")));
  guests[0].send("good evening");
  for (const [data, isBinary] of await heard) {
    assert.ok(Buffer.isBuffer(data));
    assert.deepEqual([data.toString(), isBinary], ["good evening", false]);
  }
  const [leaving] = guests;
  leaving.close();
  await once(leaving, "close");
  const again = Promise.all(guests.slice(1).map((guest) => once(guest, "message")));
  guests[1].send("who is left?");
  await again;
  assert.equal(server.clients.size, 2);
  const closed = new Promise((resolve) => server.close(resolve));
  guests.slice(1).forEach((guest) => guest.close());
  await closed;
});
