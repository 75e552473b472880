/** Two yjs documents in step through y-websocket's client and its classic server, awareness included. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { test } from "node:test";

import WebSocket, { WebSocketServer } from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const { setupWSConnection, docs } = createRequire(import.meta.url)("y-websocket/bin/utils");

async function start(t) {
  const http = createServer();
  const wss = new WebSocketServer({ noServer: true });
  wss.on("connection", setupWSConnection);
  http.on("upgrade", (request, socket, head) => {
    wss.handleUpgrade(request, socket, head, (ws) => wss.emit("connection", ws, request));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => http.close());
  t.after(() => docs.forEach((doc) => doc.destroy()));
  return `ws://127.0.0.1:${http.address().port}`;
}

async function join(t, url, room) {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(url, room, doc, {
    WebSocketPolyfill: WebSocket,
    disableBc: true,
  });
  t.after(() => {
    provider.destroy();
    doc.destroy();
  });
  await new Promise((resolve) => provider.on("sync", (synced) => synced && resolve()));
  return { doc, provider };
}

function until(emitter, event, holds) {
  if (holds()) return Promise.resolve();
  return new Promise((resolve) => {
    emitter.on(event, function look() {
      if (!holds()) return;
      emitter.off(event, look);
      resolve();
    });
  });
}

test("yjs: edits of both sides meet", async (t) => {
  const url = await start(t);
  const [one, two] = await Promise.all([join(t, url, "notes"), join(t, url, "notes")]);
  const [left, right] = [one, two].map(({ doc }) => doc.getText("text"));
  left.insert(0, "taut");
  await until(two.doc, "update", () => right.toString() === "taut");
  right.insert(4, "line");
  await until(one.doc, "update", () => left.toString() === "tautline");
});

test("yjs: who joins late gets a large document", async (t) => {
  const url = await start(t);
  const early = await join(t, url, "large");
  const many = early.doc.getArray("items");
  for (let index = 0; index < 2_000; index++) many.push([`item ${index} ${"x".repeat(100)}`]);
  const late = await join(t, url, "large");
  const received = late.doc.getArray("items");
  await until(late.doc, "update", () => received.length === 2_000);
  assert.equal(received.get(1_999), many.get(1_999));
});

test("yjs: awareness travels, and ends with the connection", async (t) => {
  const url = await start(t);
  const [one, two] = await Promise.all([join(t, url, "who"), join(t, url, "who")]);
  const { awareness } = two.provider;
  one.provider.awareness.setLocalStateField("user", { name: "Ada" });
  const seen = () => awareness.getStates().get(one.doc.clientID);
  await until(awareness, "change", () => seen()?.user?.name === "Ada");
  one.provider.disconnect();
  await until(awareness, "change", () => seen() === undefined);
});
