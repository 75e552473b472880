/** The hub's broker with a journal, and the journal on disk: one class, so that users have one thing to make. */

import type { JournaledBrokerSetup } from "@tautline/hub";
import { JournaledBroker } from "@tautline/hub";
import type { Durability } from "./disk-journal.ts";
import { DiskJournal } from "./disk-journal.ts";

export interface DiskBrokerSetup extends Omit<JournaledBrokerSetup, "journal"> {
  /** The directory for the data: empty, made by a broker like this one, or not there yet. */
  readonly dataDir: string;
  /** What an acknowledged publication survives. Default: `fsync`. */
  readonly durability?: Durability | undefined;
}

/**
 * Keeps logs and idempotency keys on disk as well as in memory: what was acknowledged is there after a crash and a
 * restart. Reading is done from memory, whose limits hold on disk too.
 *
 * `start` rejects with a `DataDirectoryError` when the directory cannot be used.
 */
export class DiskBroker extends JournaledBroker {
  /** @throws RangeError when a limit is below 1 or there is no such durability */
  constructor({ dataDir, durability = "fsync", ...setup }: DiskBrokerSetup) {
    super({ ...setup, journal: new DiskJournal(dataDir, durability) });
  }
}
