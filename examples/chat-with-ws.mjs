// The chat server of every tutorial about ws, unchanged: `server.clients`, and a look at `readyState`. In a project of your own,
// `"ws": "npm:@tautline/ws"` in package.json lets it stay `import … from "ws"`.
//   node examples/chat-with-ws.mjs
//   npx tautline connect ws://localhost:8080     (in two terminals)
import { WebSocket, WebSocketServer } from "@tautline/ws";

const server = new WebSocketServer({ port: Number(process.env.PORT ?? 8080), host: "127.0.0.1" });

server.on("connection", (socket) => {
  socket.on("error", console.error);
  socket.on("message", (data, isBinary) => {
    for (const client of server.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(data, { binary: isBinary });
    }
  });
});

server.on("listening", () => console.log(`Chat on ws://localhost:${server.address().port}`));
