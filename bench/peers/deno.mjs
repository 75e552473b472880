// Deno's own server. It declines every offer to compress.

import { announce, service } from "./announce.mjs";

const { Deno } = globalThis;
const sockets = new Set();

Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => announce(port) },
  (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => sockets.add(socket));
    socket.addEventListener("close", () => sockets.delete(socket));
    socket.addEventListener("error", () => {});
    socket.addEventListener("message", ({ data }) => {
      if (service === "echo") socket.send(data);
      else for (const other of sockets) other.send(data);
    });
    return response;
  },
);
