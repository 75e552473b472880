// The floor for a program on Node.js' sockets: bytes go back as they come, without any protocol.

import { createServer } from "node:net";

import { announce } from "./announce.mjs";

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {});
  socket.on("data", (bytes) => socket.write(bytes));
});
server.listen(0, "127.0.0.1", () => announce(server.address().port));
