// uWebSockets.js: the add-on itself, as packages of the npm registry carry it, one for each system and Node.js.

import { createRequire } from "node:module";

import { announce, deflate, service } from "./announce.mjs";

const { platform, arch, versions } = process;
const addOn = `@uwsjs/${platform}-${arch}-${versions.node.split(".")[0]}`;
const uws = createRequire(import.meta.url)(addOn);

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
