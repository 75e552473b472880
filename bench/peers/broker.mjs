// The broker of a server of the benchmark, by name and address, and the clock that it goes by.

import { randomUUID } from "node:crypto";
import { NatsBroker, natsAddress } from "@tautline/broker-nats";
import { RedisBroker } from "@tautline/broker-redis";

export const clock = {
  now: Date.now,
  schedule(callback, delayMs) {
    const timer = setTimeout(() => callback(), delayMs);
    return () => clearTimeout(timer);
  },
};

const makers = {
  redis: (address) => new RedisBroker({ clock, randomId: randomUUID, address }),
  nats: (address) => new NatsBroker({ clock, randomId: randomUUID, nats: natsAddress(address) }),
};

/** `broker`: "redis" or "nats". */
export function makeBroker({ broker, address }) {
  return makers[broker](address);
}
