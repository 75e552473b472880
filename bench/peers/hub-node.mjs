// A hub on any broker: what comes to /publish is published to one channel, and subscribers come to any other path. The
// last argument, JSON, names the broker, its address, the size of the channel's log and the time between pings.

import { randomUUID } from "node:crypto";
import process from "node:process";
import { Hub } from "@tautline/hub";
import { WebSocketServer, prepareMessage } from "@tautline/node";

import { announce } from "./announce.mjs";
import { clock, makeBroker } from "./broker.mjs";

const settings = JSON.parse(process.argv.at(-1));
const { broker, historySize, pingIntervalMs } = settings;

const hub = new Hub({
  clock,
  randomId: randomUUID,
  prepare: prepareMessage,
  ...(broker !== "memory" && { broker: makeBroker(settings) }),
  options: {
    open: true,
    pingIntervalMs,
    pongTimeoutMs: Math.min(10_000, pingIntervalMs - 1),
    channels: {
      // Core NATS knows no members, and nobody asks for them here.
      presence: false,
      joinLeave: false,
      historySize,
      recovery: historySize > 0 ? "stream" : "none",
    },
  },
});
await hub.ready;
const channel = hub.channel("bench");

const server = new WebSocketServer({
  onConnection: (connection, request) => {
    if (request.path !== "/publish") {
      hub.accept(connection, { remoteAddress: connection.remoteAddress });
      return;
    }
    // What cannot be published is missed by the load generator, which fails the measurement.
    connection.onMessage((text) => channel.publish(text).catch(console.error));
  },
});
const { port } = await server.listen({ host: "127.0.0.1" });
announce(port);
