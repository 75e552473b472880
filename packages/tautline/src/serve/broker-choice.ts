/**
 * Which broker a server has: one that it is given, one with a data directory, one over Redis or NATS, or the hub's own. What
 * stands in packages of their own is loaded when it is asked for, and by nobody else.
 */
import { randomUUID } from "node:crypto";

import type { Broker, Logger } from "@tautline/hub";

import { diskDoor, natsDoor, redisDoor } from "./broker-doors.ts";
import { systemClock } from "./clock.ts";

/** What acknowledged publications survive: see `ServeOptions.durability`. */
export type Durability = "fsync" | "unsafe-without-fsync";

export interface BrokerSettings {
  readonly broker: Broker | string | undefined;
  readonly dataDir: string | undefined;
  readonly durability: Durability;
  readonly logger: Logger;
}

/**
 * The broker, not yet started; nothing when the hub's own is meant.
 *
 * @throws RangeError for an address or a directory that is none, and for both at once
 * @throws Error that says what to install, when a package is not there
 */
export async function chosenBroker(settings: BrokerSettings): Promise<Broker | undefined> {
  const { broker, dataDir, durability, logger } = settings;
  const setup = { clock: systemClock, randomId: randomUUID, logger };
  if (dataDir !== undefined) {
    if (dataDir === "") throw new RangeError("dataDir must name a directory");
    if (broker !== undefined) {
      throw new RangeError("dataDir is for a server alone, and a broker for several");
    }
    const { DiskBroker } = await diskDoor();
    return new DiskBroker({ ...setup, dataDir, durability });
  }
  if (typeof broker !== "string") return broker;
  switch (engineOf(broker)) {
    case "nats": {
      const door = await natsDoor();
      return new door.NatsBroker({ ...setup, nats: door.natsAddress(broker) });
    }
    case "redis": {
      const door = await redisDoor();
      return new door.RedisBroker({ ...setup, address: broker });
    }
    case undefined:
    default:
      throw notAnAddress();
  }
}

/** What an address is of, by its scheme; whether the rest is right, the packages say. */
export function engineOf(address: string): "nats" | "redis" | undefined {
  const scheme = schemeOf(address);
  if (/^(?:nats|tls):$/u.test(scheme)) return "nats";
  return /^rediss?(?:\+(?:sentinel|cluster))?:$/u.test(scheme) ? "redis" : undefined;
}

/** Addresses may name several hosts, which no `URL` does: whether they are right, their brokers say. */
function schemeOf(address: string): string {
  return /^[a-z]+(?:\+[a-z]+)?:(?=\/\/)/iu.exec(address)?.[0].toLowerCase() ?? "";
}

/** The text of the error leaves the address out: it may hold a password. */
function notAnAddress(): RangeError {
  return new RangeError(
    "broker takes an address such as redis://localhost:6379 or nats://localhost:4222",
  );
}
