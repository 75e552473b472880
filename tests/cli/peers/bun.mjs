// Bun's own server, echoing, with compression. It prints its port.
import process from "node:process";

const server = globalThis.Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("", { status: 426 })),
  websocket: {
    perMessageDeflate: true,
    maxPayloadLength: 64 * 1024 * 1024,
    message: (socket, message) => socket.send(message, true),
  },
});
console.log(server.port);
process.stdin.on("end", () => process.exit(0)).resume();
