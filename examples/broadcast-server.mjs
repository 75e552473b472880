// The classic chat server in ten lines: every message goes to all who are connected.
//   node examples/broadcast-server.mjs
//   npx tautline connect ws://localhost:8080     (in two terminals)
import { WebSocketServer } from "tautline";

const server = new WebSocketServer();

server.onConnection((client) => {
  client.send("Welcome");
  client.onMessage((message) => server.broadcast(message));
});

const { port } = await server.listen({ port: Number(process.env.PORT ?? 8080), host: "127.0.0.1" });
console.log(`Broadcasting on ws://localhost:${port}`);
