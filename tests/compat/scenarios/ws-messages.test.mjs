/** Events and methods of open connections: what is told, in which order, with which arguments. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";

import WebSocket, { WebSocketServer } from "ws";

import { bare, failure, pair, serve } from "./pair.mjs";

test("server: events and the order in which they come", async () => {
  const told = [];
  let left;
  const gone = new Promise((resolve) => (left = resolve));
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  wss.on("listening", () => told.push("listening"));
  wss.on("headers", (headers, request) => {
    told.push("headers");
    assert.equal(headers[0], "HTTP/1.1 101 Switching Protocols");
    assert.equal(request.url, "/");
    headers.push("X-Added: yes");
  });
  wss.on("connection", (ws, request) => {
    told.push("connection");
    assert.equal(ws.readyState, WebSocket.OPEN);
    assert.equal(request.headers.upgrade, "websocket");
    ws.on("close", () => told.push("client closed") && left());
  });
  wss.on("close", () => told.push("close"));
  await once(wss, "listening");
  const client = new WebSocket(`ws://127.0.0.1:${wss.address().port}`);
  client.on("upgrade", ({ headers }) => told.push(`upgrade ${headers["x-added"]}`));
  await once(client, "open");
  assert.equal(told.splice(told.indexOf("upgrade yes"), 1)[0], "upgrade yes");
  const closed = once(wss, "close");
  wss.close((error) => told.push(`callback ${error}`));
  client.close();
  await Promise.all([closed, gone]);
  assert.deepEqual(told.slice(0, 3), ["listening", "headers", "connection"]);
  assert.deepEqual(told.slice(3).toSorted(), ["callback undefined", "client closed", "close"]);
  const again = await new Promise((resolve) => wss.close(resolve));
  assert.equal(again.message, "The server is not running");
});

test("server: an error of the HTTP server is its own", async (t) => {
  const { wss } = await serve(t);
  const second = new WebSocketServer({ port: wss.address().port, host: "127.0.0.1" });
  const [error] = await once(second, "error");
  assert.equal(error.code, "EADDRINUSE");
});

test("server: wsClientError leaves the answer to its listener", async (t) => {
  const { wss, url } = await serve(t);
  wss.on("wsClientError", (error, socket, request) => {
    assert.equal(request.headers["x-bad"], "1");
    socket.end(`HTTP/1.1 418 Teapot\r\nX-Told: ${error.message}\r\n\r\n`);
  });
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Bad: 1\r\n\r\n",
  );
  const [answer] = await once(socket, "data");
  assert.match(String(answer), /418 Teapot\r\nX-Told: Missing or invalid Sec-WebSocket-Key header/);
});

const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
const version = "Sec-WebSocket-Version: 13";

for (const [name, lines, status, body] of [
  [
    "another method",
    ["POST / HTTP/1.1", "Upgrade: websocket", key, version],
    405,
    "Invalid HTTP method",
  ],
  [
    "another upgrade",
    ["GET / HTTP/1.1", "Upgrade: foo", key, version],
    400,
    "Invalid Upgrade header",
  ],
  [
    "no key",
    ["GET / HTTP/1.1", "Upgrade: websocket", version],
    400,
    "Missing or invalid Sec-WebSocket-Key header",
  ],
  [
    "another version",
    ["GET / HTTP/1.1", "Upgrade: websocket", key, "Sec-WebSocket-Version: 12"],
    400,
    "Missing or invalid Sec-WebSocket-Version header",
  ],
  [
    "a subprotocol twice",
    ["GET / HTTP/1.1", "Upgrade: websocket", key, version, "Sec-WebSocket-Protocol: a,a"],
    400,
    "Invalid Sec-WebSocket-Protocol header",
  ],
]) {
  test(`server: refuses ${name}`, async (t) => {
    const { url } = await serve(t);
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write([...lines, "Host: x", "Connection: Upgrade", "", ""].join("\r\n"));
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), answer);
    assert.ok(answer.endsWith(`\r\n\r\n${body}`), answer);
    if (name === "another version") assert.match(answer, /Sec-WebSocket-Version: 13, 8/);
  });
}

for (const [name, lines] of [
  ["in HTTP/1.0", ["GET / HTTP/1.0", "Connection: Upgrade", version]],
  ["of version 8", ["GET / HTTP/1.1", "Connection: Upgrade", "Sec-WebSocket-Version: 8"]],
  [
    "that names another origin",
    ["GET / HTTP/1.1", "Connection: Upgrade", version, "Origin: http://b"],
  ],
]) {
  test(`lenient: a request ${name} is accepted`, async (t) => {
    const { url } = await serve(t);
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    t.after(() => socket.destroy());
    socket.write([...lines, "Host: a", "Upgrade: websocket", key, "", ""].join("\r\n"));
    const [answer] = await once(socket, "data");
    assert.match(String(answer), /^HTTP\/1\.1 101 /);
  });
}

test("server: handleUpgrade calls back before it returns, and not twice for a socket", async (t) => {
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => http.close());
  const wss = new WebSocketServer({ noServer: true });
  const done = new Promise((resolve) => {
    http.on("upgrade", (request, socket, head) => {
      let called = false;
      wss.handleUpgrade(request, socket, head, (ws) => (called = ws));
      assert.ok(called);
      assert.throws(
        () => wss.handleUpgrade(request, socket, head, () => {}),
        /server.handleUpgrade\(\) was called more than once with the same socket, possibly due to a misconfiguration/,
      );
      resolve(called);
    });
  });
  const client = new WebSocket(`ws://127.0.0.1:${http.address().port}`);
  await once(client, "open");
  (await done).terminate();
  await once(client, "close");
});

test("server: a closing server answers 503", async (t) => {
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => http.close());
  const wss = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, socket, head) => {
    wss.close();
    wss.handleUpgrade(request, socket, head, () => assert.fail("is closing"));
  });
  const [error] = await failure(new WebSocket(`ws://127.0.0.1:${http.address().port}`));
  assert.equal(error.message, "Unexpected server response: 503");
});

test("client: upgrade, then open, then messages, then close", async (t) => {
  const { wss, url } = await serve(t);
  wss.on("connection", (ws) => {
    ws.send("at once");
    ws.close(1000, "bye");
  });
  const client = new WebSocket(url);
  const told = [];
  for (const event of ["upgrade", "open", "message", "close", "error"]) {
    client.on(event, () => told.push([event, client.readyState]));
  }
  await once(client, "close");
  assert.deepEqual(told, [
    ["upgrade", 0],
    ["open", 1],
    ["message", 1],
    ["close", 3],
  ]);
});

test("client: an answer that was not expected is told with its request and response", async (t) => {
  const http = createServer((_request, response) => response.writeHead(404).end("none"));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => http.close());
  const url = `ws://127.0.0.1:${http.address().port}`;
  const [error, close] = await failure(new WebSocket(url));
  assert.deepEqual([error.message, close[0]], ["Unexpected server response: 404", 1006]);
  const client = new WebSocket(url);
  const [request, response] = await once(client, "unexpected-response");
  assert.equal(response.statusCode, 404);
  const told = failure(client);
  assert.equal(typeof request.destroy, "function");
  client.terminate();
  assert.equal((await told)[1][0], 1006);
});

test("client: a refused connection is the system's error, then close 1006", async () => {
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address();
  http.close();
  await once(http, "close");
  const [error, close] = await failure(new WebSocket(`ws://127.0.0.1:${port}`));
  assert.deepEqual([error.code, close[0], close[1].length], ["ECONNREFUSED", 1006, 0]);
});

for (const [name, lines, message] of [
  [
    "another key",
    ["Upgrade: websocket", "Sec-WebSocket-Accept: nonsense"],
    "Invalid Sec-WebSocket-Accept header",
  ],
  ["another upgrade", ["Upgrade: foo"], "Invalid Upgrade header"],
]) {
  test(`client: fails on an answer for ${name}`, async (t) => {
    const http = createServer().on("upgrade", (_request, socket) => {
      socket.end(
        ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", ...lines, "", ""].join("\r\n"),
      );
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    t.after(() => http.close());
    const [error, close] = await failure(new WebSocket(`ws://127.0.0.1:${http.address().port}`));
    assert.deepEqual([error.message, close[0]], [message, 1006]);
  });
}

test("send: every kind of data, with its callback", async (t) => {
  const { client, server } = await pair(t);
  const got = [];
  server.on("message", (data, isBinary) => got.push([String(data), isBinary]));
  const bytes = Buffer.from("bytes");
  const view = new Uint16Array(new Uint8Array(bytes.subarray(0, 4)).buffer);
  const kinds = [
    "text",
    "",
    7,
    bytes,
    view,
    view.buffer,
    new DataView(view.buffer),
    new Blob(["blob"]),
  ];
  for (const data of kinds) {
    assert.equal(
      (await new Promise((resolve) => client.send(data, resolve))) ?? undefined,
      undefined,
    );
  }
  client.send(bytes, { binary: false });
  client.send("text", { binary: true });
  const closed = once(server, "close");
  client.close();
  await closed;
  assert.deepEqual(got, [
    ["text", false],
    ["", false],
    ["7", false],
    ["bytes", true],
    ["byte", true],
    ["byte", true],
    ["byte", true],
    ["blob", true],
    ["bytes", false],
    ["text", true],
  ]);
});

test("send: fragments with fin, compressed or not", async (t) => {
  for (const perMessageDeflate of [false, true]) {
    const { client, server } = await pair(t, { server: { perMessageDeflate } });
    const got = [];
    const all = new Promise((resolve) => {
      server.on("message", (data) => got.push(String(data)) === 2 && resolve());
    });
    const pinged = once(server, "ping");
    client.send("one ", { fin: false, compress: true });
    client.ping();
    client.send("two ", { fin: false });
    client.send("three", { fin: true });
    client.send("plain", { compress: false });
    await Promise.all([pinged, all]);
    assert.deepEqual(got, ["one two three", "plain"]);
  }
});

test("send, ping, pong: before the connection is open and after its end", async (t) => {
  const { url } = await serve(t);
  const client = new WebSocket(url);
  for (const method of ["send", "ping", "pong"]) {
    assert.throws(() => client[method]("x"), {
      message: "WebSocket is not open: readyState 0 (CONNECTING)",
    });
  }
  await once(client, "open");
  client.terminate();
  for (const method of ["send", "ping", "pong"]) {
    client[method]("xyz");
    const error = await new Promise((resolve) => client[method]("x", resolve));
    assert.match(error.message, /^WebSocket is not open: readyState [23] \((CLOSING|CLOSED)\)$/);
  }
  assert.equal(client.bufferedAmount, 12);
});

test("ping and pong: data, masks and callbacks", async (t) => {
  const { client, server } = await pair(t);
  const pinged = once(server, "ping");
  const ponged = once(client, "pong");
  await new Promise((resolve) => client.ping("data", true, resolve));
  assert.deepEqual([String(await pinged), String(await ponged)], ["data", "data"]);
  const unasked = once(client, "pong");
  await new Promise((resolve) => server.pong(8, undefined, resolve));
  assert.equal(String((await unasked)[0]), "8");
  for (const method of ["ping", "pong"]) {
    assert.throws(() => client[method]("x".repeat(126)), {
      name: "RangeError",
      message: "The data size must not be greater than 125 bytes",
    });
  }
});

test("pause and resume", async (t) => {
  const { client, server } = await pair(t);
  client.pause();
  assert.equal(client.isPaused, true);
  let got = 0;
  client.on("message", () => (got += 1));
  await new Promise((resolve) => server.send("x", resolve));
  server.ping();
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.equal(got, 0);
  const arrived = once(client, "message");
  client.resume();
  assert.equal(client.isPaused, false);
  await arrived;
});

test("binaryType: how binary messages are given, text always as a Buffer", async (t) => {
  const { client, server } = await pair(t);
  for (const [type, check] of [
    ["nodebuffer", (data) => Buffer.isBuffer(data)],
    ["arraybuffer", (data) => data instanceof ArrayBuffer],
    ["fragments", (data) => Array.isArray(data) && Buffer.isBuffer(data[0])],
    ["blob", (data) => data instanceof Blob],
  ]) {
    client.binaryType = type;
    server.send(Buffer.from("x"));
    assert.ok(check((await once(client, "message"))[0]), type);
    server.send("x");
    assert.ok(Buffer.isBuffer((await once(client, "message"))[0]));
  }
});

test("bufferedAmount: counts what the socket has not taken", async (t) => {
  const { client, server } = await pair(t);
  server.pause();
  client.send(Buffer.alloc(8 * 1024 * 1024));
  assert.ok(client.bufferedAmount > 0);
  server.resume();
  await once(server, "message");
});

test("deflate: what is not deflate data fails with zlib's code", async (t) => {
  const { socket, closed, errors } = await bare(
    t,
    { perMessageDeflate: true },
    { "Sec-WebSocket-Extensions": "permessage-deflate" },
  );
  socket.write(Buffer.from([0xc1, 0x85, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff]));
  await closed;
  assert.deepEqual([errors[0].code, errors[0].errno], ["Z_DATA_ERROR", -3]);
});
