/**
 * A client and a server joined back to back, with nothing between them but the cutting of what they send into chunks.
 */
import type { Role } from "@tautline/protocol";
import type { ObservedOptions } from "./observed-engine.ts";
import { ObservedEngine } from "./observed-engine.ts";

export class LinkedEngines {
  readonly client: ObservedEngine;
  readonly server: ObservedEngine;
  readonly #chunkBytes: () => number;

  /** @param chunkBytes how long the next chunk is at most */
  constructor(options: ObservedOptions = {}, chunkBytes: () => number = () => Infinity) {
    this.client = new ObservedEngine("client", options);
    this.server = new ObservedEngine("server", options);
    this.#chunkBytes = chunkBytes;
  }

  side(role: Role): ObservedEngine {
    return role === "client" ? this.client : this.server;
  }

  /** Carries bytes both ways until neither side has any; a side that ends the transport ends it for both. */
  settle(): this {
    const { client, server } = this;
    while (client.engine.hasOutput || server.engine.hasOutput) {
      this.carry(client, server);
      this.carry(server, client);
    }
    if ([client, server].some(({ engine }) => engine.transportAction !== "keep")) {
      client.receiveEnd();
      server.receiveEnd();
    }
    return this;
  }

  /** Carries what one side has to send now. */
  carry(from: ObservedEngine, to: ObservedEngine): void {
    if (!from.engine.hasOutput) return;
    const bytes = from.written();
    for (let at = 0; at < bytes.byteLength;) {
      const end = Math.min(bytes.byteLength, at + this.#chunkBytes());
      to.receiveBytes(bytes.subarray(at, end));
      at = end;
    }
  }
}
