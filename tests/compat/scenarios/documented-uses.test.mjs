/** What ws's own documentation shows, use by use, written as its readers write it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

import WebSocket, { createWebSocketStream, WebSocketServer } from "ws";

/** Waits for the server and gives its address. */
async function listening(t, server, http = server) {
  await once(http, "listening");
  t.after(() => {
    for (const client of server.clients ?? []) client.terminate();
    server.close();
    if (http !== server) http.close();
  });
  return `ws://127.0.0.1:${http.address().port}`;
}

const text = async (socket) => (await once(socket, "message"))[0].toString();

async function ended(socket) {
  socket.close();
  await once(socket, "close");
}

test("documented: sending and receiving text data, and a simple server", async (t) => {
  const wss = new WebSocketServer({ port: 0 });
  const received = [];
  wss.on("connection", function connection(ws) {
    ws.on("error", console.error);
    ws.on("message", function message(data) {
      received.push(`received: ${data}`);
      ws.send("something");
    });
  });
  const ws = new WebSocket(await listening(t, wss));
  ws.on("error", console.error);
  ws.on("open", function open() {
    ws.send("something");
  });
  assert.equal(await text(ws), "something");
  assert.deepEqual(received, ["received: something"]);
  await ended(ws);
});

test("documented: sending binary data", async (t) => {
  const wss = new WebSocketServer({ port: 0 });
  const arrived = once(wss, "connection").then(([ws]) => once(ws, "message"));
  const ws = new WebSocket(await listening(t, wss));
  ws.on("open", function open() {
    const array = new Float32Array(5);
    for (let i = 0; i < array.length; ++i) array[i] = i / 2;
    ws.send(array);
  });
  const [data, isBinary] = await arrived;
  assert.equal(isBinary, true);
  const copy = new Uint8Array(data).buffer;
  assert.deepEqual([...new Float32Array(copy)], [0, 0.5, 1, 1.5, 2]);
  await ended(ws);
});

test("documented: an external HTTP server", async (t) => {
  const server = createServer((_request, response) => response.end("plain"));
  const wss = new WebSocketServer({ server });
  wss.on("connection", (ws) => ws.on("message", (data) => ws.send(`got ${data}`)));
  server.listen(0);
  const url = await listening(t, wss, server);
  const ws = new WebSocket(url);
  await once(ws, "open");
  ws.send("it");
  assert.equal(await text(ws), "got it");
  assert.equal(await (await fetch(url.replace("ws", "http"))).text(), "plain");
  await ended(ws);
});

test("documented: multiple servers sharing a single HTTP server", async (t) => {
  const server = createServer();
  const [wss1, wss2] = [{ noServer: true }, { noServer: true }].map(
    (options) => new WebSocketServer(options),
  );
  wss1.on("connection", (ws) => ws.send("foo"));
  wss2.on("connection", (ws) => ws.send("bar"));
  server.on("upgrade", function upgrade(request, socket, head) {
    const { pathname } = new URL(request.url, "wss://base.url");
    if (pathname === "/foo") {
      wss1.handleUpgrade(request, socket, head, function done(ws) {
        wss1.emit("connection", ws, request);
      });
    } else if (pathname === "/bar") {
      wss2.handleUpgrade(request, socket, head, function done(ws) {
        wss2.emit("connection", ws, request);
      });
    } else {
      socket.destroy();
    }
  });
  server.listen(0);
  const url = await listening(t, wss1, server);
  for (const name of ["foo", "bar"]) {
    const ws = new WebSocket(`${url}/${name}`);
    assert.equal(await text(ws), name);
    await ended(ws);
  }
  const lost = new WebSocket(`${url}/nowhere`);
  const failed = new Promise((resolve) => lost.on("error", resolve));
  assert.equal((await failed).code, "ECONNRESET");
});

test("documented: client authentication in the upgrade", async (t) => {
  const server = createServer();
  const wss = new WebSocketServer({ noServer: true });
  wss.on("connection", function connection(ws, request, client) {
    ws.on("message", (data) => ws.send(`${data} from ${client}`));
  });
  server.on("upgrade", function upgrade(request, socket, head) {
    socket.on("error", console.error);
    if (request.headers.authorization !== "Basic dG9wOnNlY3JldA==") {
      socket.write("HTTP/1.1 401 Unauthorized\r\n\r\n");
      socket.destroy();
      return;
    }
    wss.handleUpgrade(request, socket, head, function done(ws) {
      wss.emit("connection", ws, request, "top");
    });
  });
  server.listen(0);
  const url = await listening(t, wss, server);
  const stranger = new WebSocket(url);
  const failed = new Promise((resolve) => stranger.on("error", resolve));
  assert.equal((await failed).message, "Unexpected server response: 401");
  const ws = new WebSocket(url.replace("//", "//top:secret@"));
  await once(ws, "open");
  ws.send("hi");
  assert.equal(await text(ws), "hi from top");
  await ended(ws);
});

test("documented: a server's broadcast to all, and to all others", async (t) => {
  const wss = new WebSocketServer({ port: 0 });
  wss.on("connection", function connection(ws) {
    ws.on("message", function message(data, isBinary) {
      wss.clients.forEach(function each(client) {
        if (client !== ws && client.readyState === WebSocket.OPEN) {
          client.send(data, { binary: isBinary });
        }
      });
    });
  });
  const url = await listening(t, wss);
  const guests = [new WebSocket(url), new WebSocket(url), new WebSocket(url)];
  await Promise.all(guests.map((ws) => once(ws, "open")));
  const heard = Promise.all(guests.slice(1).map((ws) => once(ws, "message")));
  guests[0].on("message", () => assert.fail("the sender is left out"));
  guests[0].send("news");
  assert.deepEqual(
    (await heard).map(([data, binary]) => [`${data}`, binary]),
    [
      ["news", false],
      ["news", false],
    ],
  );
  await Promise.all(guests.map(ended));
});

test("documented: a round-trip with the close event's code", async (t) => {
  const wss = new WebSocketServer({ port: 0 });
  wss.on("connection", (ws) => ws.on("message", (data) => ws.send(data)));
  const ws = new WebSocket(await listening(t, wss));
  let rounds = 0;
  ws.on("open", () => ws.send(Date.now()));
  ws.on("message", function message(data) {
    assert.ok(Number(data) > 0);
    if (++rounds === 3) ws.close(1000, "enough");
    else ws.send(Date.now());
  });
  const [code, reason] = await once(ws, "close");
  assert.deepEqual([code, reason.toString()], [1000, "enough"]);
});

test("documented: Node.js streams", async (t) => {
  const wss = new WebSocketServer({ port: 0 });
  wss.on("connection", (ws) => {
    const duplex = createWebSocketStream(ws, { encoding: "utf8" });
    duplex.on("error", console.error);
    duplex.pipe(duplex);
  });
  const ws = new WebSocket(await listening(t, wss));
  const duplex = createWebSocketStream(ws, { encoding: "utf8" });
  duplex.on("error", console.error);
  const [first, second] = ["hello ", "streams"];
  duplex.write(first);
  assert.equal((await once(duplex, "data"))[0], first);
  duplex.write(second);
  assert.equal((await once(duplex, "data"))[0], second);
  duplex.end();
  await once(duplex, "close");
});

test("documented: how to get the IP address of the client", async (t) => {
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  wss.on("connection", (ws, request) => {
    ws.send(`${request.socket.remoteAddress} ${ws._socket.remoteAddress}`);
  });
  const ws = new WebSocket(await listening(t, wss));
  assert.equal(await text(ws), "127.0.0.1 127.0.0.1");
  await ended(ws);
});

test("documented: how to detect and close broken connections", async (t) => {
  const wss = new WebSocketServer({ port: 0 });
  wss.on("connection", function connection(ws) {
    ws.isAlive = true;
    ws.on("error", console.error);
    ws.on("pong", function heartbeat() {
      this.isAlive = true;
    });
  });
  const check = () =>
    wss.clients.forEach(function each(ws) {
      if (ws.isAlive === false) return ws.terminate();
      ws.isAlive = false;
      ws.ping();
    });
  const url = await listening(t, wss);
  const alive = new WebSocket(url);
  await once(alive, "open");
  const broken = new WebSocket(url, { autoPong: false });
  await once(broken, "open");
  const beat = once(alive, "ping");
  const answered = once([...wss.clients][0], "pong");
  check();
  await beat;
  await answered;
  const gone = once(broken, "close");
  check();
  assert.equal((await gone)[0], 1006);
  assert.equal(wss.clients.size, 1);
  await ended(alive);
});

test("documented: a client's heartbeat by the server's pings", async (t) => {
  const wss = new WebSocketServer({ port: 0 });
  wss.on("connection", (ws) => ws.ping("beat"));
  const client = new WebSocket(await listening(t, wss));
  const [data] = await once(client, "ping");
  assert.equal(data.toString(), "beat");
  await ended(client);
});

test("documented: compression with all of its options", async (t) => {
  const wss = new WebSocketServer({
    port: 0,
    perMessageDeflate: {
      zlibDeflateOptions: { chunkSize: 1024, memLevel: 7, level: 3 },
      zlibInflateOptions: { chunkSize: 10 * 1024 },
      clientNoContextTakeover: true,
      serverNoContextTakeover: true,
      serverMaxWindowBits: 10,
      concurrencyLimit: 10,
      threshold: 1024,
    },
  });
  wss.on("connection", (ws) => ws.on("message", (data) => ws.send(data, { binary: false })));
  const ws = new WebSocket(await listening(t, wss), { perMessageDeflate: true });
  const [response] = await once(ws, "upgrade");
  assert.equal(
    response.headers["sec-websocket-extensions"],
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10",
  );
  const long = "tautline ".repeat(10_000);
  if (ws.readyState !== WebSocket.OPEN) await once(ws, "open");
  assert.equal(ws.extensions, "permessage-deflate");
  for (const message of [long, "short", long]) {
    ws.send(message);
    assert.equal(await text(ws), message);
  }
  await ended(ws);
});
