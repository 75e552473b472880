/** A client on a fake server in a fake world, as most tests of this package need it. */

import type { ClientOptions, StateChange } from "@tautline/client";
import { Client } from "@tautline/client";
import { FakeEnvironment } from "./fake-environment.ts";
import { FakeServer } from "./fake-server.ts";

export class World {
  readonly environment = new FakeEnvironment();
  readonly server = new FakeServer(this.environment);
  /** The state changes of all clients of this world. */
  readonly changes: StateChange[] = [];

  client(options: ClientOptions = {}): Client {
    const client = new Client("ws://hub.example/connection/websocket", {
      webSocket: this.server.WebSocket,
      environment: this.environment,
      ...options,
    });
    client.onStateChange((change) => this.changes.push(change));
    return client;
  }

  async connected(options: ClientOptions = {}): Promise<Client> {
    const client = this.client(options);
    const ready = client.connect();
    await this.environment.advance(20);
    await ready;
    return client;
  }

  /** Milliseconds until the next attempt of `client`. */
  delay(client: Client): number {
    const { nextAttemptAt } = client.status;
    if (nextAttemptAt === undefined) throw new Error("No attempt is waited for");
    return nextAttemptAt - this.environment.now();
  }
}
