/** Where the two differ: each is asked the same, and has its own answer. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

import WebSocket, { WebSocketServer } from "ws";

import { bare, frame, pair, serve } from "./pair.mjs";
import { ours } from "./which.mjs";

/** What holds for ours, and what for ws. */
const either = (face, ws) => (ours ? face : ws);

/** The first byte of the next frame that a server sends to `socket`, and what follows it. */
async function nextFrame(socket) {
  const [bytes] = await once(socket, "data");
  return bytes;
}

const deflating = [
  { perMessageDeflate: true },
  { "Sec-WebSocket-Extensions": "permessage-deflate" },
];

test("different: a message leaves at the end of the turn, not within send", async (t) => {
  const { server, request } = await pair(t);
  const before = request.socket.bytesWritten;
  server.send("x");
  assert.equal(request.socket.bytesWritten - before, either(0, 3));
  assert.equal(server.bufferedAmount, 0);
  assert.equal(request.socket.bytesWritten - before, 3);
});

test("different: fragments are sent as they are", async (t) => {
  const { server, socket } = await bare(t, ...deflating);
  const text = "again and again ".repeat(100);
  server.send(text, { fin: false });
  const [first] = await nextFrame(socket);
  assert.equal(first, either(0x01, 0x41));
});

test("different: a message that compression makes longer is sent as it is", async (t) => {
  const { server, socket } = await bare(t, ...deflating);
  server.send("x");
  const bytes = await nextFrame(socket);
  assert.deepEqual([...bytes], either([0x81, 1, 0x78], [0xc1, 3, 0xaa, 0, 0]));
});

test("different: zlibDeflateOptions of which level and memLevel count, without a level of 0", async (t) => {
  const perMessageDeflate = { zlibDeflateOptions: { level: 0 } };
  const { server, socket } = await bare(t, { ...deflating[0], perMessageDeflate }, deflating[1]);
  const text = "x".repeat(1000);
  server.send(text);
  const bytes = await nextFrame(socket);
  assert.equal(bytes.length < text.length, either(true, false));
});

test("different: maxBufferedChunks, a frame in many pieces", async (t) => {
  const { server, errors, closed } = await bare(t, { maxBufferedChunks: 2 });
  const got = [];
  server.on("message", (data) => got.push(String(data)));
  for (const byte of frame(0x81, "pieces")) server._receiver.write(Buffer.from([byte]));
  server._receiver.write(frame(0x88));
  await closed;
  assert.deepEqual(got, either(["pieces"], []));
  assert.deepEqual(
    errors.map(({ code }) => code),
    either([], ["WS_ERR_TOO_MANY_BUFFERED_PARTS"]),
  );
});

test("different: binaryType fragments, an array with one Buffer", async (t) => {
  const { client, server } = await pair(t);
  client.binaryType = "fragments";
  for (const [part, fin] of [
    ["a", false],
    ["b", true],
  ]) {
    server.send(Buffer.from(part), { fin });
  }
  const [data] = await once(client, "message");
  assert.deepEqual(data.map(String), either(["ab"], ["a", "b"]));
});

test("different: a frame that is unmasked and too long is refused for its length", async (t) => {
  const { socket, closed, errors } = await bare(t, { maxPayload: 1 });
  socket.write(frame(0x81, "xx", { masked: false }));
  await closed;
  assert.equal(errors[0].code, either("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", "WS_ERR_EXPECTED_MASK"));
});

test("different: pings are answered until the peer's Close frame has come", async (t) => {
  const { server, socket, frames } = await bare(t);
  server.close(1000);
  assert.equal((await nextFrame(socket))[0], 0x88);
  socket.write(Buffer.concat([frame(0x89, "p"), frame(0x88, [3, 232])]));
  const sent = await frames();
  assert.equal(sent.includes(Buffer.from([0x8a, 1, 0x70])), either(true, false));
});

test("different: a reason that is no UTF-8 is sent with U+FFFD in place of what is wrong", async (t) => {
  const { server, socket } = await bare(t);
  server.close(1000, Buffer.from([0x61, 0xff]));
  const bytes = await nextFrame(socket);
  assert.deepEqual([...bytes.subarray(4)], either([0x61, 0xef, 0xbf, 0xbd], [0x61, 0xff]));
});

test("different: _closeTimer, the engine keeps the time", async (t) => {
  const { client } = await pair(t);
  assert.equal(client._closeTimer, null);
  client.close();
  assert.equal(client._closeTimer === null, either(true, false));
  await once(client, "close");
});

test("different: where the first address was is not among a client's fields", async (t) => {
  const { url } = await serve(t);
  const client = new WebSocket(url, { followRedirects: true });
  await once(client, "open");
  const { _originalIpc, _originalSecure, _originalHostOrSocketPath } = client;
  assert.deepEqual(
    [_originalIpc, _originalSecure, _originalHostOrSocketPath],
    either([undefined, undefined, undefined], [false, false, new URL(url).host]),
  );
  client.terminate();
});

test("different: a server's listeners are taken off by close alone", async (t) => {
  const http = createServer();
  t.after(() => http.close());
  const before = http.listenerCount("upgrade");
  const wss = new WebSocketServer({ server: http });
  assert.equal(typeof wss._removeListeners, either("undefined", "function"));
  assert.equal(wss._shouldEmitClose, either(undefined, false));
  assert.equal(http.listenerCount("upgrade"), before + 1);
  wss.close();
  assert.equal(http.listenerCount("upgrade"), before);
  await once(wss, "close");
});

test("different: messages are compressed without a line for the thread pool", async (t) => {
  const perMessageDeflate = { concurrencyLimit: 1 };
  const { client, server } = await pair(t, { server: { perMessageDeflate } });
  const text = "again and again ".repeat(10);
  server.send(text);
  // In ws it waits for another thread, and counts as it was given.
  assert.equal(server._sender._bufferedBytes, either(0, text.length));
  assert.equal(String((await once(client, "message"))[0]), text);
});
