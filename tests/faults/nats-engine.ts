/** NATS with JetStream, with a network that can be silent: what is acknowledged is in its files. */

import { randomUUID } from "node:crypto";
import { NatsBroker, natsAddress } from "@tautline/broker-nats";
import { Line } from "../../packages/broker-nats/test/line.ts";
import { NatsServer } from "../../packages/broker-nats/test/nats-server.ts";
import { realClock } from "../redis/real-clock.ts";
import type { EngineKind } from "./fault-engine.ts";

/** Shorter than by default: every silence has to be longer. */
const timeoutMs = 1500;

const nothing = async (): Promise<void> => undefined;

export const natsEngine: EngineKind = {
  name: "NATS",
  faults: ["killed, started", "network silent", "connections cut"],
  async start() {
    const nats = new NatsServer();
    await nats.start();
    const line = new Line(() => nats.port);
    await line.open();
    return {
      makeBroker: () =>
        new NatsBroker({
          clock: realClock,
          randomId: randomUUID,
          timeoutMs,
          nats: natsAddress(line.address),
        }),
      faults: {
        "killed, started": { hurts: true, begin: () => nats.kill(), end: () => nats.start() },
        "network silent": {
          hurts: true,
          begin: async () => line.stall(),
          end: async () => line.flow(),
        },
        "connections cut": { hurts: false, begin: async () => line.cut(), end: nothing },
      },
      async remove() {
        line.close();
        await nats.remove();
      },
    };
  },
};
