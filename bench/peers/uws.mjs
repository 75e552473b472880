// uWebSockets.js: its own binaries, as a package of the npm registry carries them. The newest version has none for
// Node.js 20, the version before has.

import { createRequire } from "node:module";

import { announce, deflate, service } from "./announce.mjs";

const require = createRequire(import.meta.url);
const modern = Number(process.versions.node.split(".")[0]) >= 22;
const uws = require(modern ? "@uwsjs/core" : "uws-node-20");

const app = uws.App();
app.ws("/*", {
  compression: deflate ? uws.SHARED_COMPRESSOR : uws.DISABLED,
  maxPayloadLength: 64 * 1024 * 1024,
  maxBackpressure: 64 * 1024 * 1024,
  idleTimeout: 0,
  open: (socket) => {
    if (service === "fanout") socket.subscribe("all");
  },
  message: (socket, message, binary) => {
    if (service === "echo") socket.send(message, binary, deflate);
    else app.publish("all", message, binary, deflate);
  },
});
app.listen("127.0.0.1", 0, (token) => announce(uws.us_socket_local_port(token)));
