/** isomorphic-ws, the re-export that libraries for both worlds stand on, and jsdom's WebSocket, which is a client of ws. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import IsomorphicWebSocket, * as isomorphic from "isomorphic-ws";
import { JSDOM } from "jsdom";
import WebSocket, { WebSocketServer } from "ws";

async function echo(t, options = {}) {
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  wss.on("connection", (ws) => {
    ws.on("message", (data, isBinary) => ws.send(data, { binary: isBinary }));
  });
  await once(wss, "listening");
  t.after(() => wss.close());
  return `ws://127.0.0.1:${wss.address().port}`;
}

test("isomorphic-ws: is the class itself, in the browser's manner", async (t) => {
  assert.equal(IsomorphicWebSocket, WebSocket);
  assert.equal(isomorphic.default.WebSocketServer, WebSocketServer);
  const socket = new IsomorphicWebSocket(await echo(t));
  const data = await new Promise((resolve, reject) => {
    socket.onopen = () => socket.send("hello");
    socket.onmessage = (event) => resolve(event.data);
    socket.onerror = ({ error }) => reject(error);
  });
  assert.equal(data, "hello");
  const event = await new Promise((resolve) => {
    socket.onclose = resolve;
    socket.close(3001, "done");
  });
  assert.deepEqual([event.code, event.reason, event.wasClean], [3001, "done", true]);
});

test("jsdom: a page's WebSocket talks, with cookies, origin and clean closes", async (t) => {
  const seen = [];
  const url = await echo(t, {
    verifyClient: ({ origin, req }) => seen.push([origin, req.headers.cookie]) > 0,
  });
  const { window } = new JSDOM("", { url: url.replace("ws:", "http:") });
  t.after(() => window.close());
  window.document.cookie = "taste=salt";
  const socket = new window.WebSocket(url);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve) => (socket.onopen = resolve));
  const next = () => new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data)));
  let answer = next();
  socket.send("grüße");
  assert.equal(await answer, "grüße");
  answer = next();
  socket.send(new window.Uint8Array([1, 2, 3]));
  assert.deepEqual([...new Uint8Array(await answer)], [1, 2, 3]);
  const closed = new Promise((resolve) => (socket.onclose = resolve));
  socket.close(1000, "bye");
  const { code, wasClean } = await closed;
  assert.deepEqual([code, wasClean], [1000, true]);
  assert.deepEqual(seen, [[url.replace("ws:", "http:"), "taste=salt"]]);
});
