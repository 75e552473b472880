// An Express app with a page and a WebSocket on the same port.
//   node examples/express.mjs
//   npx tautline connect ws://localhost:8080/chat
import { WebSocketServer } from "@tautline/node";
import express from "express";

const app = express();
app.get("/", (_request, response) => response.send("The chat is at /chat."));

const chat = new WebSocketServer({ path: "/chat" });
chat.onConnection((client) => client.onMessage((message) => chat.broadcast(message)));

const server = app.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => {
  console.log(`Express on http://localhost:${server.address().port}`);
});
chat.attach(server);
