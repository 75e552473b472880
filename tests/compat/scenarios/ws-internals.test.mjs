/** What well-known dependents reach for, though no document names it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { test } from "node:test";

import WebSocket, { PerMessageDeflate, Receiver, Sender, WebSocketServer } from "ws";

import { failure, pair } from "./pair.mjs";

test("internal: _socket is the net.Socket", async (t) => {
  const { client, server } = await pair(t);
  for (const { _socket } of [client, server]) {
    assert.ok(_socket instanceof Socket);
    assert.equal(_socket.remoteAddress, "127.0.0.1");
    assert.equal(typeof _socket._writableState.length, "number");
    _socket.unref();
    _socket.ref();
  }
  const got = [];
  const all = new Promise((resolve) => {
    server.on("message", (data) => got.push(String(data)) === 2 && resolve());
  });
  client.send("before");
  client._socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78]));
  await all;
  assert.deepEqual(got, ["before", "x"]);
});

test("internal: _socket tells of drain and takes destroy", async (t) => {
  const { client, server } = await pair(t);
  server.pause();
  client.send(Buffer.alloc(16 * 1024 * 1024));
  const drained = once(client._socket, "drain");
  server.resume();
  await drained;
  const closed = once(client, "close");
  client._socket.destroy();
  assert.equal((await closed)[0], 1006);
});

test("internal: _sender.sendFrame with frames made once, _bufferedBytes", async (t) => {
  const { client, server } = await pair(t);
  const list = Sender.frame(Buffer.from("made once"), {
    readOnly: false,
    mask: false,
    rsv1: false,
    opcode: 1,
    fin: true,
  });
  const got = once(client, "message");
  await new Promise((resolve) => server._sender.sendFrame(list, resolve));
  assert.equal(String((await got)[0]), "made once");
  assert.equal(server._sender._bufferedBytes, 0);
});

test("internal: Sender.frame and its rule for merging", () => {
  const options = { fin: true, opcode: 2, mask: true, readOnly: true, rsv1: false };
  const data = Buffer.from("data");
  assert.equal(Sender.frame(data, options).length, 1);
  assert.equal(String(data), "data");
  assert.equal(Sender.frame(Buffer.from("data"), { ...options, readOnly: false }).length, 2);
  const [header, body] = Sender.frame(data, { ...options, mask: false, rsv1: true });
  assert.deepEqual([[...header], body], [[0xc2, 4], data]);
  assert.equal(Sender.frame(Buffer.alloc(0), options).length, 1);
  assert.deepEqual(
    [...Sender.frame(Buffer.alloc(126), { ...options, mask: false })[0]],
    [0x82, 126, 0, 126],
  );
  assert.deepEqual(
    [...Sender.frame(Buffer.alloc(65_536), { ...options, mask: false })[0]],
    [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0],
  );
  const zeros = { ...options, generateMask: (mask) => mask.fill(0) };
  assert.equal(Sender.frame(data, zeros).length, 2);
});

test("internal: a Sender of its own writes frames to any stream", () => {
  const written = [];
  const stream = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      written.push(chunk);
      done();
    },
  });
  const sender = new Sender(stream);
  sender.send("hi", { fin: true, binary: false, mask: false, compress: false });
  sender.ping("p", false);
  sender.pong("q", false);
  sender.close(1000, "x", false);
  assert.equal(Buffer.concat(written).toString("hex"), "810268698901708a0171880303e878");
});

test("internal: a Receiver of its own is a Writable that tells what it reads", async () => {
  const receiver = new Receiver();
  const told = [];
  for (const event of ["message", "ping", "pong", "conclude"]) {
    receiver.on(event, (...args) => told.push([event, ...args.map(String)]));
  }
  receiver.write(Buffer.from("8902", "hex"));
  receiver.write(Buffer.from("7878", "hex"));
  receiver.write(Buffer.from("8a00018161", "hex").subarray(0, 2));
  receiver.write(Buffer.from("820162", "hex"));
  receiver.write(Buffer.from("0101618001628803", "hex"));
  receiver.write(Buffer.from("03e878", "hex"));
  await once(receiver, "finish");
  assert.deepEqual(told, [
    ["ping", "xx"],
    ["pong", ""],
    ["message", "b", "true"],
    ["message", "ab", "false"],
    ["conclude", "1000", "x"],
  ]);
  const failing = new Receiver({ isServer: true });
  failing.write(Buffer.from("8100", "hex"));
  const [error] = await once(failing, "error");
  assert.equal(error.code, "WS_ERR_EXPECTED_MASK");
});

test("internal: PerMessageDeflate negotiates, compresses and decompresses", async () => {
  assert.equal(PerMessageDeflate.extensionName, "permessage-deflate");
  const offer = new PerMessageDeflate().offer();
  assert.deepEqual(offer, { client_max_window_bits: true });
  const [left, right] = [true, false].map((isServer) => {
    const one = new PerMessageDeflate({ isServer, threshold: 0 });
    one.accept([{}]);
    return one;
  });
  const packed = await new Promise((resolve, reject) => {
    left.compress(Buffer.from("tautline"), true, (error, data) =>
      error ? reject(error) : resolve(data),
    );
  });
  const back = await new Promise((resolve, reject) => {
    right.decompress(packed, true, (error, data) => (error ? reject(error) : resolve(data)));
  });
  assert.equal(String(back), "tautline");
  left.cleanup();
  right.cleanup();
});

test("internal: the fields of a connection", async (t) => {
  const { client, server } = await pair(t, {
    protocols: ["p"],
    server: { perMessageDeflate: true },
  });
  assert.deepEqual([client._isServer, server._isServer], [false, true]);
  assert.deepEqual([client._readyState, client._protocol], [1, "p"]);
  assert.ok(server._extensions["permessage-deflate"] instanceof PerMessageDeflate);
  assert.deepEqual(
    [client._binaryType, client._paused, client._closeCode, client._errorEmitted],
    ["nodebuffer", false, 1006, false],
  );
  assert.deepEqual([client._closeFrameSent, client._closeFrameReceived], [false, false]);
  assert.deepEqual([client._autoPong, client._closeTimeout, client._redirects], [true, 30_000, 0]);
  assert.match(client._url, /^ws:/);
  assert.equal(client._req, null);
  assert.ok(client._receiver !== null && client._sender !== null);
  const closed = Promise.all([once(client, "close"), once(server, "close")]);
  client.close(1000, "x");
  await closed;
  assert.deepEqual([client._closeFrameSent, client._closeFrameReceived], [true, true]);
  assert.deepEqual([client._closeCode, String(client._closeMessage)], [1000, "x"]);
});

test("internal: _receiver tells first, and takes bytes", async (t) => {
  const { client, server } = await pair(t);
  const told = [];
  for (const event of ["message", "ping", "conclude"]) {
    server._receiver.on(event, (...args) => told.push([event, ...args.map(String)]));
  }
  const got = once(server, "message");
  client.send("sent");
  await got;
  const fed = once(server, "ping");
  server._receiver.write(Buffer.from([0x89, 0x81, 0, 0, 0, 0, 0x78]));
  await fed;
  const closed = once(server, "close");
  client.close(1000, "done");
  await closed;
  assert.deepEqual(told, [
    ["message", "sent", "false"],
    ["ping", "x"],
    ["conclude", "1000", "done"],
  ]);
});

test("internal: _req is the request of a client that connects", async (t) => {
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => http.close());
  const client = new WebSocket(`ws://127.0.0.1:${http.address().port}`);
  assert.equal(client._req.getHeader("upgrade"), "websocket");
  assert.equal(client._socket, null);
  const told = failure(client);
  client.terminate();
  await told;
});

test("internal: a WebSocket without a handshake, on any Duplex, by setSocket", async () => {
  const streams = [0, 1].map(() => new Duplex({ read() {}, write: undefined }));
  streams.forEach((stream, index) => {
    stream._write = (chunk, _encoding, done) => {
      streams[1 - index].push(chunk);
      done();
    };
    stream._final = (done) => {
      streams[1 - index].push(null);
      done();
    };
  });
  const [server, client] = [true, false].map((isServer, index) => {
    const socket = new WebSocket(null, undefined, { autoPong: true, closeTimeout: 1000 });
    socket._isServer = isServer;
    socket.setSocket(streams[index], Buffer.alloc(0), { maxPayload: 0, skipUTF8Validation: false });
    return socket;
  });
  assert.deepEqual([server.readyState, server._socket], [1, streams[0]]);
  const got = once(server, "message");
  client.send("over streams");
  assert.equal(String((await got)[0]), "over streams");
  const closed = Promise.all([once(server, "close"), once(client, "close")]);
  server.close(1000);
  assert.deepEqual(
    (await closed).map(([code]) => code),
    [1000, 1000],
  );
});

test("internal: bytes that came behind the handshake are read", async (t) => {
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => http.close());
  const wss = new WebSocketServer({ noServer: true });
  const first = Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78]);
  const got = new Promise((resolve) => {
    http.on("upgrade", (request, socket) => {
      wss.handleUpgrade(request, socket, first, (ws) => ws.on("message", resolve));
    });
  });
  const client = new WebSocket(`ws://127.0.0.1:${http.address().port}`);
  await once(client, "open");
  assert.equal(String(await got), "x");
  client.terminate();
});

test("internal: emitClose, and events emitted by the user", async (t) => {
  const { server } = await pair(t);
  const heard = [];
  server.on("message", (data, isBinary) => heard.push([String(data), isBinary]));
  server.emit("message", Buffer.from("by hand"), true);
  assert.deepEqual(heard, [["by hand", true]]);
  const socket = new WebSocket(null, undefined, {});
  let closed;
  socket.on("close", (...args) => (closed = args));
  socket.emitClose();
  assert.deepEqual([closed[0], closed[1].length, socket.readyState], [1006, 0, 3]);
});

test("internal: completeUpgrade can be overridden and called", async (t) => {
  class Server extends WebSocketServer {
    completeUpgrade(extensions, key, protocols, ...rest) {
      this.seen = [Object.keys(extensions), key.length, [...protocols]];
      super.completeUpgrade(extensions, key, protocols, ...rest);
    }
  }
  const wss = new Server({ port: 0, host: "127.0.0.1" });
  t.after(() => wss.close());
  await once(wss, "listening");
  const client = new WebSocket(`ws://127.0.0.1:${wss.address().port}`, "p");
  await once(client, "open");
  assert.deepEqual(wss.seen, [[], 24, ["p"]]);
  client.close();
  await once(client, "close");
});

test("internal: a server's _server and _state", async () => {
  const wss = new WebSocketServer({ port: 0 });
  await once(wss, "listening");
  assert.equal(wss._server.address().port, wss.address().port);
  assert.equal(wss._state, 0);
  const closed = once(wss, "close");
  wss.close();
  assert.deepEqual([wss._state, wss._server], [1, null]);
  await closed;
  assert.equal(wss._state, 2);
});
