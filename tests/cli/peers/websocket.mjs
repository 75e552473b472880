// The npm package websocket, echoing, with the server of HTTP beside it that its documentation shows. It prints its port.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(new URL("../../../bench/package.json", import.meta.url));
const websocket = require("websocket");

const httpServer = createServer((request, response) => response.writeHead(404).end());
const limit = 64 * 1024 * 1024;
const server = new websocket.server({
  httpServer,
  autoAcceptConnections: true,
  maxReceivedFrameSize: limit,
  maxReceivedMessageSize: limit,
});
server.on("connect", (connection) => {
  connection.on("error", () => {});
  connection.on("message", ({ type, utf8Data, binaryData }) =>
    connection.send(type === "utf8" ? utf8Data : binaryData),
  );
});
httpServer.listen(0, "127.0.0.1", () => console.log(httpServer.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
