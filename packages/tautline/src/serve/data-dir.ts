/** The broker for a server with a data directory, from a package that is loaded for it alone. */
import { randomUUID } from "node:crypto";

import type { Broker, Logger } from "@tautline/hub";

import { systemClock } from "./clock.ts";

/** What acknowledged publications survive: see `ServeOptions.durability`. */
export type Durability = "fsync" | "unsafe-without-fsync";

export interface DataDirSetup {
  readonly dataDir: string;
  readonly durability: Durability;
  readonly logger: Logger;
}

const packageName = "@tautline/broker-disk";

/** @throws Error that says what to install, when the package is not there */
export async function diskBroker(setup: DataDirSetup): Promise<Broker> {
  try {
    const { DiskBroker } = await import("@tautline/broker-disk");
    return new DiskBroker({ ...setup, clock: systemClock, randomId: randomUUID });
  } catch (cause) {
    // What the setup lacks is not for npm to mend.
    if (cause instanceof RangeError) throw cause;
    const text = `A data directory needs the package ${packageName}. Run: npm install ${packageName}`;
    throw new Error(text, { cause });
  }
}
