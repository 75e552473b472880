/** express-ws, which is written for ws 7: routes, routers, middleware, parameters, broadcast to its clients. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { test } from "node:test";

import WebSocket from "ws";

const require = createRequire(import.meta.url);
const express = require("express");
const expressWs = require("express-ws");

async function start(t, routes, options) {
  const app = express();
  const instance = expressWs(app, undefined, options);
  routes(app, instance);
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return `ws://127.0.0.1:${server.address().port}`;
}

async function ask(url, text) {
  const socket = new WebSocket(url);
  await once(socket, "open");
  socket.send(text);
  const [data] = await once(socket, "message");
  socket.close();
  await once(socket, "close");
  return data.toString();
}

test("express-ws: routes, parameters and middleware", async (t) => {
  const url = await start(t, (app) => {
    app.use((request, _response, next) => {
      request.greeting = "hello";
      next();
    });
    app.ws("/echo/:name", (ws, request) => {
      ws.on("message", (text) => ws.send(`${request.greeting} ${request.params.name}: ${text}`));
    });
    app.get("/plain", (_request, response) => response.send("plain"));
  });
  assert.equal(await ask(`${url}/echo/ada?x=1`, "hi"), "hello ada: hi");
  assert.equal(await (await fetch(`${url.replace("ws", "http")}/plain`)).text(), "plain");
});

test("express-ws: a router of its own", async (t) => {
  const url = await start(t, (app) => {
    const router = express.Router();
    router.ws("/deep", (ws) => ws.on("message", (text) => ws.send(`deep ${text}`)));
    app.use("/very", router);
  });
  assert.equal(await ask(`${url}/very/deep`, "1"), "deep 1");
});

test("express-ws: a path without a route is closed, not left open", async (t) => {
  const url = await start(t, () => {});
  const socket = new WebSocket(`${url}/nowhere`);
  const [code] = await once(socket, "close");
  assert.equal(code, 1005);
});

test("express-ws: its list of clients serves for a broadcast", async (t) => {
  const url = await start(t, (app, { getWss }) => {
    app.ws("/room", (ws) => {
      ws.on("message", (text) => getWss().clients.forEach((client) => client.send(`${text}`)));
    });
  });
  const sockets = [new WebSocket(`${url}/room`), new WebSocket(`${url}/room`)];
  await Promise.all(sockets.map((socket) => once(socket, "open")));
  const heard = Promise.all(sockets.map((socket) => once(socket, "message")));
  sockets[0].send("for both");
  assert.deepEqual((await heard).map(String), ["for both,false", "for both,false"]);
  sockets.forEach((socket) => socket.close());
  await Promise.all(sockets.map((socket) => once(socket, "close")));
});

test("express-ws: options reach the server of ws", async (t) => {
  const url = await start(t, (app) => app.ws("/", (ws) => ws.on("error", () => {})), {
    wsOptions: { maxPayload: 10 },
  });
  const socket = new WebSocket(url);
  await once(socket, "open");
  socket.send("x".repeat(11));
  assert.equal((await once(socket, "close"))[0], 1009);
});
