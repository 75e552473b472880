/** Redis, with a network that can be silent: what is acknowledged is on its disk. */

import { randomUUID } from "node:crypto";
import { RedisBroker } from "@tautline/broker-redis";
import { RedisServer } from "../../packages/broker-redis/test/redis-server.ts";
import { TcpProxy } from "../../packages/broker-redis/test/tcp-proxy.ts";
import { realClock } from "../redis/real-clock.ts";
import type { EngineKind } from "./fault-engine.ts";

/** Shorter than by default: every silence has to be longer. */
const timeoutMs = 1500;

const nothing = async (): Promise<void> => undefined;

export const redisEngine: EngineKind = {
  name: "Redis",
  faults: ["killed, started", "network silent", "connections cut", "subscriptions cut"],
  async start() {
    const redis = new RedisServer(["--appendonly", "yes", "--appendfsync", "always"]);
    await redis.start();
    const proxy = new TcpProxy({ path: redis.path });
    await proxy.start();
    return {
      makeBroker: () =>
        new RedisBroker({
          clock: realClock,
          randomId: randomUUID,
          timeoutMs,
          redis: { socket: proxy.address },
        }),
      faults: {
        "killed, started": { hurts: true, begin: () => redis.kill(), end: () => redis.start() },
        "network silent": {
          hurts: true,
          begin: async () => proxy.stall(),
          end: async () => proxy.flow(),
        },
        "connections cut": { hurts: false, begin: async () => proxy.cut(), end: nothing },
        "subscriptions cut": { hurts: false, begin: () => redis.cutSubscribers(), end: nothing },
      },
      async remove() {
        await proxy.stop();
        await redis.remove();
      },
    };
  },
};
