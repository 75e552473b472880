/** Each option of a server and of a client does what ws's documentation says. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as httpRequest, Agent } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import WebSocket, { WebSocketServer } from "ws";

import { bare, failure, frame, pair, serve } from "./pair.mjs";

test("server option: port, host, backlog and the callback", async (t) => {
  const wss = await new Promise((resolve) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", backlog: 5 }, () =>
      resolve(server),
    );
  });
  t.after(() => wss.close());
  assert.equal(wss.address().address, "127.0.0.1");
});

test("server option: one and only one of port, server, noServer", () => {
  const text = /One and only one of the "port", "server", or "noServer" options must be specified/;
  for (const options of [
    {},
    { port: 0, noServer: true },
    { server: createServer(), noServer: true },
  ]) {
    assert.throws(() => new WebSocketServer(options), { name: "TypeError", message: text });
  }
});

test("server option: server, noServer and address()", async (t) => {
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => http.close());
  const wss = new WebSocketServer({ server: http });
  assert.deepEqual(wss.address(), http.address());
  wss.close();
  assert.equal(http.listenerCount("upgrade"), 0);
  const none = new WebSocketServer({ noServer: true });
  assert.throws(() => none.address(), /The server is operating in "noServer" mode/);
});

test("server option: path, and shouldHandle, which may be assigned", async (t) => {
  const { wss, url } = await serve(t, { path: "/chat" });
  const [error, close] = await failure(new WebSocket(`${url}/other`));
  assert.equal(error.message, "Unexpected server response: 400");
  assert.deepEqual([close[0], close[1].length], [1006, 0]);
  const client = new WebSocket(`${url}/chat?x=1`);
  await once(client, "open");
  client.terminate();
  wss.shouldHandle = ({ url }) => url === "/assigned";
  const other = new WebSocket(`${url}/assigned`);
  await once(other, "open");
  other.terminate();
});

test("server option: clientTracking", async (t) => {
  const { wss, server } = await pair(t);
  assert.ok(wss.clients.has(server));
  const { wss: untracked } = await serve(t, { clientTracking: false });
  assert.equal(untracked.clients, undefined);
});

test("server option: verifyClient with one argument", async (t) => {
  const seen = [];
  const { url } = await serve(t, {
    verifyClient: (info) => seen.push([info.origin, info.secure, info.req.url]) > 1,
  });
  const [error] = await failure(new WebSocket(`${url}/a`, { origin: "http://me" }));
  assert.equal(error.message, "Unexpected server response: 401");
  const client = new WebSocket(`${url}/b`);
  await once(client, "open");
  client.terminate();
  assert.deepEqual(seen, [
    ["http://me", false, "/a"],
    [undefined, false, "/b"],
  ]);
});

test("server option: verifyClient with two arguments answers later, with code, text and headers", async (t) => {
  const { url } = await serve(t, {
    verifyClient: (_info, callback) =>
      setImmediate(() => callback(false, 429, "slow down", { "Retry-After": 120 })),
  });
  const client = new WebSocket(url);
  const [, response] = await once(client, "unexpected-response");
  assert.deepEqual([response.statusCode, response.headers["retry-after"]], [429, "120"]);
  assert.equal(response.headers["content-type"], "text/html");
  let body = "";
  for await (const chunk of response) body += chunk;
  assert.equal(body, "slow down");
  client.on("error", () => {});
  client.terminate();
});

test("server option: handleProtocols, and the first one without it", async (t) => {
  const { client } = await pair(t, {
    protocols: ["one", "two"],
    server: { handleProtocols: (protocols) => [...protocols].at(-1) },
  });
  assert.equal(client.protocol, "two");
  const { client: other } = await pair(t, { protocols: ["one", "two"] });
  assert.equal(other.protocol, "one");
});

test("server option: WebSocket is the class of connections", async (t) => {
  class Mine extends WebSocket {}
  const { server } = await pair(t, { server: { WebSocket: Mine } });
  assert.ok(server instanceof Mine);
});

test("server option: options can be changed and are read at each upgrade", async (t) => {
  const { wss, url } = await serve(t);
  assert.deepEqual(
    [wss.options.maxPayload, wss.options.perMessageDeflate, wss.options.closeTimeout],
    [104_857_600, false, 30_000],
  );
  wss.options.perMessageDeflate = true;
  wss.options.handleProtocols = () => "chosen";
  const client = new WebSocket(url, ["other", "chosen"]);
  await once(client, "open");
  assert.deepEqual([client.extensions, client.protocol], ["permessage-deflate", "chosen"]);
  client.terminate();
});

for (const role of ["server", "client"]) {
  const other = role === "server" ? "client" : "server";

  test(`${role} option: maxPayload`, async (t) => {
    const ends = await pair(t, { [role]: { maxPayload: 10 } });
    const failed = once(ends[role], "error").catch((error) => [error]);
    ends[other].send("x".repeat(11));
    const closed = once(ends[other], "close");
    const [error] = await failed;
    assert.deepEqual(
      [error.name, error.message, error.code],
      ["RangeError", "Max payload size exceeded", "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"],
    );
    assert.equal((await closed)[0], 1009);
  });

  test(`${role} option: maxFragments`, async (t) => {
    const ends = await pair(t, { [role]: { maxFragments: 2 } });
    const failed = new Promise((resolve) => ends[role].on("error", resolve));
    for (const text of ["a", "b", "c"]) ends[other].send(text, { fin: false });
    assert.deepEqual(
      [(await failed).message, (await failed).code],
      ["Too many message fragments", "WS_ERR_TOO_MANY_BUFFERED_PARTS"],
    );
    assert.equal((await once(ends[other], "close"))[0], 1008);
  });

  test(`${role} option: autoPong`, async (t) => {
    const ends = await pair(t, { [role]: { autoPong: false } });
    const pinged = once(ends[role], "ping");
    ends[other].ping("x");
    await pinged;
    ends[role].pong("by hand");
    assert.equal(String((await once(ends[other], "pong"))[0]), "by hand");
  });

  test(`${role} option: closeTimeout`, async (t) => {
    const ends = await pair(t, { [role]: { closeTimeout: 20 } });
    ends[other].pause();
    ends[role].close(1000);
    assert.equal((await once(ends[role], "close"))[0], 1006);
    ends[other].terminate();
  });

  test(`${role} option: allowSynchronousEvents`, async (t) => {
    for (const allowSynchronousEvents of [true, false]) {
      const ends = await pair(t, { [role]: { allowSynchronousEvents } });
      const order = [];
      const done = new Promise((resolve) => {
        ends[role].on("message", (data) => {
          order.push(String(data));
          queueMicrotask(() => order.push(`after ${data}`));
          if (String(data) === "2") setImmediate(resolve);
        });
      });
      ends[other]._socket.cork();
      ends[other].send("1");
      ends[other].send("2");
      ends[other]._socket.uncork();
      await done;
      assert.deepEqual(
        order,
        allowSynchronousEvents
          ? ["1", "2", "after 1", "after 2"]
          : ["1", "after 1", "2", "after 2"],
      );
    }
  });

  test(`${role} option: skipUTF8Validation`, async (t) => {
    const ends = await pair(t, { [role]: { skipUTF8Validation: true } });
    ends[other].send(Buffer.from([0xff, 0xfe]), { binary: false });
    const [data, isBinary] = await once(ends[role], "message");
    assert.deepEqual([[...data], isBinary], [[0xff, 0xfe], false]);
    const closed = once(ends[role], "close");
    // The reason comes back, and the other side does check it.
    ends[other].on("error", () => {});
    const header = role === "server" ? [0x88, 0x84, 0, 0, 0, 0] : [0x88, 4];
    ends[other]._socket.write(Buffer.from([...header, 3, 232, 0xff, 0xfe]));
    const [code, reason] = await closed;
    assert.deepEqual([code, ...reason], [1000, 0xff, 0xfe]);
  });

  test(`${role} option: perMessageDeflate and its members`, async (t) => {
    const perMessageDeflate = {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 10,
      clientMaxWindowBits: 11,
      threshold: 0,
      concurrencyLimit: 2,
      zlibDeflateOptions: { level: 9 },
      zlibInflateOptions: { chunkSize: 1024 },
    };
    const ends = await pair(t, {
      server: { perMessageDeflate: true },
      [role]: { perMessageDeflate },
    });
    assert.equal(ends[role].extensions, "permessage-deflate");
    const { params } = ends[role]._extensions["permessage-deflate"];
    assert.deepEqual(
      [params.server_no_context_takeover, params.client_no_context_takeover],
      [true, true],
    );
    assert.equal(params.server_max_window_bits, 10);
    for (const [from, to] of [
      [role, other],
      [other, role],
    ]) {
      for (const text of ["short", "long ".repeat(10_000)]) {
        ends[from].send(text);
        assert.equal(String((await once(ends[to], "message"))[0]), text);
      }
    }
  });
}

test("server option: perMessageDeflate refuses an offer it cannot take", async (t) => {
  const { url } = await serve(t, { perMessageDeflate: { clientMaxWindowBits: 10 } });
  const client = new WebSocket(url, { perMessageDeflate: { clientMaxWindowBits: false } });
  const [error] = await failure(client);
  assert.equal(error.message, "Unexpected server response: 400");
});

for (const maxPendingAutoPongs of [0, 1, 60]) {
  test(`server option: maxPendingAutoPongs ${maxPendingAutoPongs}, pings one after the other`, async (t) => {
    const { client } = await pair(t, { server: { maxPendingAutoPongs } });
    for (let n = 0; n < 5; n++) {
      client.ping(String(n));
      assert.equal(String((await once(client, "pong"))[0]), String(n));
    }
  });
}

test("server option: maxPendingAutoPongs, more pings at once than may be pending", async (t) => {
  for (const [pings, code] of [
    [3, 1000],
    [4, 1006],
  ]) {
    const { socket, server, closed } = await bare(t, { maxPendingAutoPongs: 3 });
    assert.deepEqual([server._maxPendingAutoPongs, server._pendingAutoPongs], [3, 0]);
    assert.equal(typeof server._autoPongComplete, "function");
    const frames = Array.from({ length: pings }, () => frame(0x89));
    if (code === 1000) frames.push(frame(0x88, [3, 232]));
    socket.write(Buffer.concat(frames));
    assert.equal((await closed)[0], code);
  }
});

test("server option: maxBufferedChunks, a message in many pieces", async (t) => {
  const { socket, server } = await bare(t, { maxBufferedChunks: 200 });
  const got = once(server, "message");
  for (const byte of frame(0x81, "x".repeat(100))) socket.write(Buffer.from([byte]));
  assert.equal((await got)[0].length, 100);
});

test("client option: headers, origin and auth from the URL", async (t) => {
  const { wss, url } = await serve(t);
  const arrived = once(wss, "connection");
  const client = new WebSocket(url.replace("//", "//us%65r:pass@"), {
    headers: { "X-Mine": "1" },
    origin: "http://me",
  });
  const [, request] = await arrived;
  const { headers } = request;
  assert.deepEqual(
    [headers["x-mine"], headers.origin, headers.authorization],
    ["1", "http://me", `Basic ${Buffer.from("user:pass").toString("base64")}`],
  );
  client.on("error", () => {});
  client.terminate();
});

test("client option: protocolVersion", async (t) => {
  const { wss, url } = await serve(t);
  const arrived = once(wss, "connection");
  const client = new WebSocket(url, { protocolVersion: 8, origin: "http://me" });
  const [, { headers }] = await arrived;
  assert.deepEqual(
    [headers["sec-websocket-version"], headers["sec-websocket-origin"], headers.origin],
    ["8", "http://me", undefined],
  );
  await once(client, "open");
  client.terminate();
  assert.throws(() => new WebSocket(url, { protocolVersion: 1 }), {
    name: "RangeError",
    message: "Unsupported protocol version: 1 (supported versions: 8, 13)",
  });
});

test("client option: handshakeTimeout", async (t) => {
  const silent = createServer().on("upgrade", () => {});
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const client = new WebSocket(`ws://127.0.0.1:${silent.address().port}`, { handshakeTimeout: 20 });
  const [error, close] = await failure(client);
  assert.deepEqual([error.message, close[0]], ["Opening handshake has timed out", 1006]);
});

test("client option: followRedirects, maxRedirects and the event", async (t) => {
  const { wss, url } = await serve(t);
  const redirecting = createServer().on("upgrade", (_request, socket) => {
    socket.end(`HTTP/1.1 302 Found\r\nLocation: ${url}/moved\r\n\r\n`);
  });
  redirecting.listen(0, "127.0.0.1");
  await once(redirecting, "listening");
  t.after(() => redirecting.close());
  const from = `ws://127.0.0.1:${redirecting.address().port}`;
  const [refused] = await failure(new WebSocket(from));
  assert.equal(refused.message, "Unexpected server response: 302");
  const arrived = once(wss, "connection");
  const client = new WebSocket(from, { followRedirects: true, headers: { Cookie: "a=b" } });
  assert.equal((await once(client, "redirect"))[0], `${url}/moved`);
  assert.equal((await arrived)[1].url, "/moved");
  client.on("error", () => {});
  client.terminate();
  const [tooMany] = await failure(new WebSocket(from, { followRedirects: true, maxRedirects: 0 }));
  assert.equal(tooMany.message, "Maximum redirects exceeded");
});

test("client option: finishRequest", async (t) => {
  const { wss, url } = await serve(t);
  const arrived = once(wss, "connection");
  const client = new WebSocket(url, {
    finishRequest(request, websocket) {
      assert.equal(websocket.readyState, WebSocket.CONNECTING);
      request.setHeader("X-Finished", "yes");
      request.end();
    },
  });
  assert.equal((await arrived)[1].headers["x-finished"], "yes");
  await once(client, "open");
  client.terminate();
});

test("client option: generateMask", async (t) => {
  let made = 0;
  const { client, server } = await pair(t, {
    client: { generateMask: (mask) => (made += mask.fill(7).length) },
  });
  client.send("masked");
  assert.equal(String((await once(server, "message"))[0]), "masked");
  assert.equal(made, 4);
});

test("client option: agent, createConnection, localAddress, family and other options of http.request", async (t) => {
  const { wss, url } = await serve(t);
  const arrived = once(wss, "connection");
  const agent = new Agent();
  const client = new WebSocket(url, { agent, localAddress: "127.0.0.1", family: 4 });
  await once(client, "open");
  assert.equal((await arrived)[1].socket.remoteAddress, "127.0.0.1");
  client.terminate();
  let made;
  const other = new WebSocket(url, {
    createConnection: ({ port, host }) => (made = connect(port, host)),
  });
  await once(other, "open");
  assert.equal(other._socket, made);
  other.terminate();
});

/** For localhost, of nobody, valid until 2126. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrdmO1V+Sa/cBMCBE
yyBMW0f87+T2zu4k37TCPIgpFWihRANCAAStPArd97YLhvTCy+KwTPeKHw4/7eu5
B4R20nPOoFbUVHpsv8VY6yOw5uGfkGIKALKznIOtzN0MiuC0ycz1/jl8
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUcknEqzuuo9R0n85FsFleQM9KpQ4wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA4NDYxM1oYDzIxMjYxMDI4
MDg0NjEzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAStPArd97YLhvTCy+KwTPeKHw4/7eu5B4R20nPOoFbUVHpsv8VY6yOw
5uGfkGIKALKznIOtzN0MiuC0ycz1/jl8o2kwZzAdBgNVHQ4EFgQUnlRaqT+ykSTz
3Ut2BEsqGh8pggMwHwYDVR0jBBgwFoAUnlRaqT+ykSTz3Ut2BEsqGh8pggMwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SQAwRgIhALM4vwBJB/33aNloSZQY/cXQJfT8zVLfoiXE7+s4A7H+AiEApQQwm+bB
atT+e6ZuDZM/mY3QDnwzmbib6JjNcMBk3cU=
-----END CERTIFICATE-----`;

test("client option: TLS with ca, rejectUnauthorized, checkServerIdentity", async (t) => {
  const https = createTlsServer({ key, cert }).listen(0, "127.0.0.1");
  await once(https, "listening");
  t.after(() => https.close());
  const wss = new WebSocketServer({
    server: https,
    verifyClient: ({ secure }) => secure,
  });
  t.after(() => wss.clients.forEach((client) => client.terminate()));
  const url = `wss://localhost:${https.address().port}`;
  const [error] = await failure(new WebSocket(url));
  assert.equal(error.code, "DEPTH_ZERO_SELF_SIGNED_CERT");
  const asked = [];
  for (const tls of [
    { rejectUnauthorized: false },
    { ca: cert, checkServerIdentity: (name) => void asked.push(name) },
  ]) {
    const client = new WebSocket(url, tls);
    await once(client, "open");
    client.close();
    await once(client, "close");
  }
  assert.deepEqual(asked, ["localhost"]);
});

test("client option: a Unix socket by ws+unix:", async (t) => {
  const path = join(tmpdir(), `tautline-${process.pid}.sock`);
  const http = createServer().listen(path);
  await once(http, "listening");
  const wss = new WebSocketServer({ server: http });
  t.after(() => http.close());
  assert.equal(wss.address(), path);
  const arrived = once(wss, "connection");
  const client = new WebSocket(`ws+unix:${path}:/where?x=1`);
  assert.equal((await arrived)[1].url, "/where?x=1");
  await once(client, "open");
  client.terminate();
});

test("client option: protocols, and what is wrong with them", () => {
  for (const protocols of [["a", "a"], "a b", ["ä"], [null]]) {
    assert.throws(() => new WebSocket("ws://localhost", protocols), {
      name: "SyntaxError",
      message: "An invalid or duplicated subprotocol was specified",
    });
  }
});

test("client option: addresses that are none", () => {
  for (const [address, message] of [
    ["nonsense", "Invalid URL: nonsense"],
    [
      "ftp://localhost",
      'The URL\'s protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"',
    ],
    ["ws://localhost#fragment", "The URL contains a fragment identifier"],
    ["ws+unix:", "The URL's pathname is empty"],
  ]) {
    assert.throws(() => new WebSocket(address), { name: "SyntaxError", message });
  }
});

test("server: a request that is no upgrade gets 426", async (t) => {
  const { url } = await serve(t);
  const request = httpRequest(url.replace("ws", "http")).end();
  const [response] = await once(request, "response");
  assert.equal(response.statusCode, 426);
  let body = "";
  for await (const chunk of response) body += chunk;
  assert.equal(body, "Upgrade Required");
});
