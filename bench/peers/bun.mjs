// Bun's own server; fan-out by its topics.

import { announce, deflate, service } from "./announce.mjs";

const server = globalThis.Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("", { status: 426 })),
  websocket: {
    perMessageDeflate: deflate,
    maxPayloadLength: 64 * 1024 * 1024,
    backpressureLimit: 64 * 1024 * 1024,
    idleTimeout: 0,
    open: (socket) => {
      if (service === "fanout") socket.subscribe("all");
    },
    message: (socket, message) => {
      if (service === "echo") socket.send(message, deflate);
      else server.publish("all", message, deflate);
    },
  },
});
announce(server.port);
