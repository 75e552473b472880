// The npm package ws, as its documentation shows it.

import { createServer } from "node:https";

import { WebSocketServer } from "ws";

import { announce, deflate, service, tls } from "./announce.mjs";

const place = { host: "127.0.0.1", port: 0 };
const secure = tls && createServer(tls).listen(place);
const server = new WebSocketServer({
  ...(secure ? { server: secure } : place),
  perMessageDeflate: deflate,
});
server.on("listening", () => announce(server.address().port));
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, binary) => {
    if (service === "echo") socket.send(data, { binary });
    else for (const client of server.clients) client.send(data, { binary });
  });
});
