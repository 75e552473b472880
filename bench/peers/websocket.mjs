// The npm package websocket, with the native add-ons it brings.

import { createServer } from "node:http";
import websocket from "websocket";

import { announce, service } from "./announce.mjs";

const httpServer = createServer();
const limit = 64 * 1024 * 1024;
const server = new websocket.server({
  httpServer,
  autoAcceptConnections: true,
  maxReceivedFrameSize: limit,
  maxReceivedMessageSize: limit,
  // The default answers Nagle's algorithm and fragments above 16 KiB; replies are compared as messages all the same.
  disableNagleAlgorithm: true,
});
server.on("connect", (connection) => {
  connection.on("error", () => {});
  connection.on("message", (message) => {
    const data = message.type === "utf8" ? message.utf8Data : message.binaryData;
    if (service === "echo") connection.send(data);
    else for (const other of server.connections) other.send(data);
  });
});
httpServer.listen(0, "127.0.0.1", () => announce(httpServer.address().port));
