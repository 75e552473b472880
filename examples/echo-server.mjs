// Says welcome, and then whatever it is told.
//   node examples/echo-server.mjs
//   npx tautline connect ws://localhost:8080
import { WebSocketServer } from "@tautline/node";

const server = new WebSocketServer();

server.onConnection((client) => {
  client.send("Welcome");
  client.onMessage((message) => client.send(message));
});

const { port } = await server.listen({ port: Number(process.env.PORT ?? 8080), host: "127.0.0.1" });
console.log(`Echo on ws://localhost:${port}`);
