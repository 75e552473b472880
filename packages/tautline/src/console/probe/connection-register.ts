/**
 * The newest WebSocket connections of this server, for choosing one to look at: what is known of each, and the request it was
 * opened with. It keeps no more than a fixed number and listens to none of them, so that servers on which nobody looks do no more
 * for it than to note who came.
 */
import type { Hub, HubClient } from "@tautline/hub";
import type { Connection, UpgradeRequest, WebSocketServer } from "@tautline/node";

import type { HeaderLine, HttpHead } from "../../inspect/finding.ts";
import type { ListedConnection } from "./probe-events.ts";
import { wallClock } from "./probe-events.ts";
import { probeLimits } from "./probe-limits.ts";

/** A connection that can be watched. */
export interface RegisteredConnection {
  readonly id: number;
  readonly path: string;
  readonly openedAt: number;
  readonly connection: Connection;
  readonly request: UpgradeRequest;
}

export class ConnectionRegister {
  readonly #hub: Hub;
  readonly #entries = new Map<number, RegisteredConnection>();
  readonly #stops: (() => void)[];
  #count = 0;

  /** @param servers by their paths; connections that are open already are not among those that can be watched */
  constructor(hub: Hub, servers: ReadonlyMap<string, WebSocketServer>) {
    this.#hub = hub;
    this.#stops = [...servers].map(([path, server]) =>
      server.onConnection((connection, request) => this.#add(path, connection, request)),
    );
  }

  find(id: number): RegisteredConnection | undefined {
    this.#forgetClosed();
    return this.#entries.get(id);
  }

  /** The newest first. */
  list(): readonly ListedConnection[] {
    // A client's headers are those of the request that its connection was opened with: the same object.
    this.#forgetClosed();
    const clients = new Map(
      [...this.#hub.clients.values()].map((client) => [client.connection.headers, client] as const),
    );
    return [...this.#entries.values()]
      .map((entry) => listed(entry, clients.get(entry.request.headers)))
      .toReversed();
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#entries.clear();
  }

  #add(path: string, connection: Connection, request: UpgradeRequest): void {
    this.#count += 1;
    const id = this.#count;
    this.#entries.set(id, { id, path, openedAt: wallClock(), connection, request });
    const [oldest] = this.#entries.keys();
    const isFull = this.#entries.size > probeLimits.listedConnections;
    if (isFull && oldest !== undefined) this.#entries.delete(oldest);
  }

  #forgetClosed(): void {
    for (const { id, connection } of this.#entries.values()) {
      if (connection.state === "closed") this.#entries.delete(id);
    }
  }
}

export function listed(
  { id, path, openedAt, connection, request }: RegisteredConnection,
  client: HubClient | undefined,
): ListedConnection {
  return {
    id,
    path,
    openedAt,
    remoteAddress: connection.remoteAddress,
    userAgent: request.headers["user-agent"],
    client: client?.id,
    user: client?.user,
    info: client?.info,
  };
}

/** The request as it was sent. */
export function requestOf({ request }: RegisteredConnection): HttpHead {
  const { rawHeaders } = request.raw;
  const headers = rawHeaders.flatMap((name, i): HeaderLine[] =>
    i % 2 === 0 ? [{ name, value: rawHeaders[i + 1] ?? "" }] : [],
  );
  return { startLine: `${request.method} ${request.target} HTTP/${request.httpVersion}`, headers };
}
