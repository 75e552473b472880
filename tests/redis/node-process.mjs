// A server in a process of its own, over the Redis whose socket is the first argument: for tests that kill it.

import { randomUUID } from "node:crypto";
import { RedisBroker } from "@tautline/broker-redis";
import { serve } from "tautline";

const clock = {
  now: () => Date.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(() => callback(), delayMs);
    return () => clearTimeout(timer);
  },
};

const [, , path] = process.argv;
const redis = { socket: { path, tls: false } };
const broker = new RedisBroker({ clock, randomId: randomUUID, redis, memberTtlMs: 1000 });
const server = await serve({ port: 0, page: false, broker });
console.log(`Ready: ${server.url}`);
