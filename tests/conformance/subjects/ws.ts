/** The npm package ws, each side echoing: the control, whose behaviour is known from elsewhere. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { ClientSubject, ServerSubject } from "./subject.ts";

/** As for Tautline: cases 9.3.1 and 9.4.1 send 65,536 fragments, more than the default lets through. */
const options = { perMessageDeflate: true, maxFragments: 65_536 };

function echo(socket: WebSocket): void {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on("error", () => {});
}

export const wsServer: ServerSubject = {
  name: "ws server",
  role: "server",
  async start() {
    const server = new WebSocketServer({ ...options, port: 0, host: "127.0.0.1" });
    server.on("connection", echo);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return {
      url: `ws://127.0.0.1:${port}/`,
      stop: async () => {
        for (const socket of server.clients) socket.terminate();
        server.close();
        await once(server, "close");
      },
    };
  },
};

export const wsClient: ClientSubject = {
  name: "ws client",
  role: "client",
  async echoAt(url) {
    const socket = new WebSocket(url, options);
    echo(socket);
    await once(socket, "close");
  },
};
