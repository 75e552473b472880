// A Hono app on Node.js with a route and a WebSocket on the same port.
//   node examples/hono.mjs
//   npx tautline connect ws://localhost:8080/chat
import { serve } from "@hono/node-server";
import { WebSocketServer } from "@tautline/node";
import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text("The chat is at /chat."));

const chat = new WebSocketServer({ path: "/chat" });
chat.onConnection((client) => client.onMessage((message) => chat.broadcast(message)));

const port = Number(process.env.PORT ?? 8080);
const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, (address) => {
  console.log(`Hono on http://localhost:${address.port}`);
});
chat.attach(server);
