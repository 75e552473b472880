/** What a client is made of, and what its hub hears of it. */

import type { Codec } from "@tautline/wire";
import type { ClientEnd } from "./handlers.ts";
import type { ConnectionInfo, HubClient } from "./hub-client.ts";
import type { ClientConnection } from "./ports/client-connection.ts";
import type { EmulationAddress } from "./session.ts";

/** What the hub hears of a client. */
export interface ClientEvents {
  connected(client: HubClient): void;
  /** Once, last. `left` resolves when its channels know it, too. */
  closed(end: ClientEnd, left: Promise<void>): void;
}

/** A connection and what goes with it. */
export interface ClientSetup {
  readonly id: string;
  readonly line: ClientConnection;
  readonly codec: Codec;
  readonly connection: ConnectionInfo;
  readonly emulation: EmulationAddress | undefined;
  readonly unidirectional: boolean;
  readonly events: ClientEvents;
}
