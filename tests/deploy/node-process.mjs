// A server in a process of its own, for tests that kill it: `redis <path of its socket>` or `nats <address>`.

import { randomUUID } from "node:crypto";
import { natsAddress, NatsBroker } from "@tautline/broker-nats";
import { RedisBroker } from "@tautline/broker-redis";
import { serve } from "tautline";

const clock = {
  now: () => Date.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(() => callback(), delayMs);
    return () => clearTimeout(timer);
  },
};

const [, , engine, place] = process.argv;
const setup = { clock, randomId: randomUUID, memberTtlMs: 3000 };
const broker =
  engine === "redis"
    ? new RedisBroker({ ...setup, redis: { socket: { path: place, tls: false } } })
    : new NatsBroker({ ...setup, nats: natsAddress(place) });
const server = await serve({ port: 0, page: false, broker });
console.log(`Ready: ${server.url}`);
