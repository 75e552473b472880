// Tautline's own interface, where text that is passed on is not decoded: as ws, uWebSockets.js and others give it.

import { WebSocketServer } from "@tautline/node";

import { announce, deflate } from "./announce.mjs";

const server = new WebSocketServer({
  compression: deflate,
  receiveText: "bytes",
  onConnection: (connection) => {
    connection.onMessage((message) => connection.send(message));
  },
});
const { port } = await server.listen({ host: "127.0.0.1" });
announce(port);
