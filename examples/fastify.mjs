// A Fastify app with a route and a WebSocket on the same port. `app.close()` ends the connections in order.
//   node examples/fastify.mjs
//   npx tautline connect ws://localhost:8080/chat
import { WebSocketServer } from "@tautline/node";
import { fastify } from "fastify";

const app = fastify();
app.get("/", () => "The chat is at /chat.");

const chat = new WebSocketServer({ path: "/chat" });
chat.onConnection((client) => client.onMessage((message) => chat.broadcast(message)));
chat.attach(app.server);
app.addHook("preClose", () => chat.shutdown());

await app.listen({ port: Number(process.env.PORT ?? 8080), host: "127.0.0.1" });
console.log(`Fastify on http://localhost:${app.server.address().port}`);
