/** What `require("ws")` and `import` give, and the form of the classes. */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createRequire } from "node:module";
import { Duplex, Writable } from "node:stream";
import { test } from "node:test";

import * as namespace from "ws";
import WebSocket, { WebSocketServer } from "ws";

import { pair } from "./pair.mjs";

const required = createRequire(import.meta.url)("ws");

test("surface: what is exported, by require and by import", () => {
  assert.equal(required, WebSocket);
  assert.deepEqual(
    Object.keys(namespace).filter((name) => name !== "module.exports"),
    [
      "PerMessageDeflate",
      "Receiver",
      "Sender",
      "WebSocket",
      "WebSocketServer",
      "createWebSocketStream",
      "default",
      "extension",
      "subprotocol",
    ],
  );
  assert.equal(required.Server, WebSocketServer);
  assert.equal(required.WebSocket, WebSocket);
  for (const name of ["PerMessageDeflate", "Receiver", "Sender", "createWebSocketStream"]) {
    assert.equal(required[name], namespace[name]);
  }
  assert.deepEqual(Object.keys(required).sort(), [
    "CLOSED",
    "CLOSING",
    "CONNECTING",
    "OPEN",
    "PerMessageDeflate",
    "Receiver",
    "Sender",
    "Server",
    "WebSocket",
    "WebSocketServer",
    "createWebSocketStream",
    "extension",
    "subprotocol",
  ]);
});

test("surface: constants, on the class and on each instance", async (t) => {
  const { client } = await pair(t);
  for (const [name, value] of Object.entries({ CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 })) {
    assert.equal(WebSocket[name], value);
    assert.equal(client[name], value);
  }
});

test("surface: names, arity and ancestors", () => {
  assert.deepEqual([WebSocket.name, WebSocket.length], ["WebSocket", 3]);
  assert.deepEqual([WebSocketServer.name, WebSocketServer.length], ["WebSocketServer", 2]);
  assert.ok(WebSocket.prototype instanceof EventEmitter);
  assert.ok(WebSocketServer.prototype instanceof EventEmitter);
  assert.ok(new required.Receiver() instanceof Writable);
});

test("surface: both classes can be extended", async (t) => {
  class Server extends WebSocketServer {
    shouldHandle(request) {
      return super.shouldHandle(request) && request.url === "/mine";
    }
  }
  class Socket extends WebSocket {
    sendJson(value) {
      this.send(JSON.stringify(value));
    }
  }
  const server = new Server({ port: 0, WebSocket: Socket });
  t.after(() => server.close());
  await once(server, "listening");
  server.on("connection", (socket) => socket.sendJson({ mine: true }));
  const client = new Socket(`ws://127.0.0.1:${server.address().port}/mine`);
  assert.deepEqual(JSON.parse((await once(client, "message"))[0]), { mine: true });
  client.close();
  await once(client, "close");
});

test("surface: readyState, url, protocol, extensions, binaryType, bufferedAmount, isPaused", async (t) => {
  const { client, server, url } = await pair(t, { protocols: ["chat"] });
  assert.equal(client.url, `${url}/`);
  assert.equal(server.url, undefined);
  assert.deepEqual([client.protocol, server.protocol], ["chat", "chat"]);
  assert.deepEqual([client.extensions, server.extensions], ["", ""]);
  assert.deepEqual([client.readyState, server.readyState], [1, 1]);
  assert.deepEqual([client.bufferedAmount, client.isPaused], [0, false]);
  assert.equal(client.binaryType, "nodebuffer");
  client.binaryType = "nonsense";
  assert.equal(client.binaryType, "nodebuffer");
  for (const type of ["arraybuffer", "fragments", "blob"]) {
    client.binaryType = type;
    assert.equal(client.binaryType, type);
  }
});

test("surface: event handler attributes and addEventListener", async (t) => {
  const { client, server } = await pair(t);
  assert.equal(client.onmessage, null);
  const seen = [];
  client.onmessage = (event) => seen.push(["on", event.type, event.data, event.target === client]);
  client.addEventListener("message", (event) => seen.push(["listener", event.data]));
  const object = { handleEvent: (event) => seen.push(["object", event.data]) };
  client.addEventListener("message", object, { once: true });
  const removed = () => assert.fail("was removed");
  client.addEventListener("message", removed);
  client.removeEventListener("message", removed);
  client.addEventListener("nonsense", removed);
  assert.equal(typeof client.onmessage, "function");
  server.send("one");
  server.send("two");
  const closing = new Promise((resolve) => (client.onclose = resolve));
  server.close(1000, "done");
  const { code, reason, wasClean, type } = await closing;
  assert.deepEqual([type, code, reason, wasClean], ["close", 1000, "done", true]);
  assert.deepEqual(seen, [
    ["on", "message", "one", true],
    ["listener", "one"],
    ["object", "one"],
    ["on", "message", "two", true],
    ["listener", "two"],
  ]);
  client.onmessage = "nonsense";
  assert.equal(client.onmessage, null);
});

test("surface: extension and subprotocol parse and format headers", () => {
  const { extension, subprotocol } = required;
  const header = 'permessage-deflate; server_max_window_bits=10, x; a="b c"';
  const parsed = extension.parse("permessage-deflate; server_max_window_bits=10, x; a=b");
  assert.deepEqual({ ...parsed["permessage-deflate"][0] }, { server_max_window_bits: ["10"] });
  assert.equal(
    extension.format({ "permessage-deflate": [{ server_max_window_bits: "10" }], x: [{ a: "b" }] }),
    "permessage-deflate; server_max_window_bits=10, x; a=b",
  );
  assert.throws(() => extension.parse(header), SyntaxError);
  assert.deepEqual([...subprotocol.parse("a, b")], ["a", "b"]);
  assert.throws(() => subprotocol.parse("a,a"), SyntaxError);
});

test("surface: createWebSocketStream is a Duplex that ends the connection", async (t) => {
  const { client, server } = await pair(t);
  const [left, right] = [client, server].map((socket) => required.createWebSocketStream(socket));
  assert.ok(left instanceof Duplex);
  left.end("all of it");
  let text = "";
  for await (const chunk of right) text += chunk;
  assert.equal(text, "all of it");
});
