// Tautline with the interface of the npm package ws: the same program as ws.mjs.

import { WebSocketServer } from "@tautline/ws";

import { announce, deflate, service } from "./announce.mjs";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: deflate });
server.on("listening", () => announce(server.address().port));
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, binary) => {
    if (service === "echo") socket.send(data, { binary });
    else for (const client of server.clients) client.send(data, { binary });
  });
});
