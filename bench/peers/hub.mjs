// Tautline's hub: what comes to /publish is published to one channel, whose subscribers come to any other path.

import { randomUUID } from "node:crypto";
import { Hub } from "@tautline/hub";
import { WebSocketServer, prepareMessage } from "@tautline/node";

import { announce } from "./announce.mjs";

const hub = new Hub({
  clock: {
    now: Date.now,
    schedule: (callback, delayMs) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  },
  randomId: randomUUID,
  prepare: prepareMessage,
  options: { open: true },
});
const channel = hub.channel("bench");
const server = new WebSocketServer({
  onConnection: (connection, request) => {
    if (request.path === "/publish") connection.onMessage((text) => channel.publish(text));
    else hub.accept(connection, { remoteAddress: connection.remoteAddress });
  },
});
const { port } = await server.listen({ host: "127.0.0.1" });
announce(port);
