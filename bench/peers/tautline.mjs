// Tautline's own interface.

import { WebSocketServer } from "@tautline/node";

import { announce, deflate, http2, service, tls } from "./announce.mjs";

const server = new WebSocketServer({
  compression: deflate,
  http2,
  tls,
  onConnection: (connection) => {
    connection.onMessage(
      service === "echo"
        ? (message) => connection.send(message)
        : (message) => server.broadcast(message),
    );
  },
});
const { port } = await server.listen({ host: "127.0.0.1" });
announce(port);
