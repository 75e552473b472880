/** A connection to one Redis, as the client library makes it: it fails at once when it is lost, and stays so. */

import type { RedisClientOptions } from "@redis/client";
import { createClient } from "@redis/client";
import type { HostPort, NodeOptions, RedisOptions } from "./place.ts";

/** Commands that may be under way on a connection; more fail at once. */
const maxCommands = 100_000;

/** What all connections have in common. */
export const clientSettings = Object.freeze({
  RESP: 2,
  disableOfflineQueue: true,
  commandsQueueMaxLength: maxCommands,
  // The link watches for silence. The library would make an AbortSignal with a timer for each command, which costs several
  // times what the command does.
  commandOptions: Object.freeze({ timeout: 0 }),
} as const);

export function makeClient(options: RedisOptions, connectTimeoutMs: number) {
  const { socket } = options;
  return createClient({
    ...options,
    ...clientSettings,
    socket: Object.assign({ connectTimeout: connectTimeoutMs }, socket, {
      reconnectStrategy: false as const,
    }),
  });
}

export type NodeClient = ReturnType<typeof makeClient>;

/** The options of the library for a host, in our words. */
export function optionsFor(host: HostPort, node: NodeOptions = {}): RedisOptions {
  const { username, password, database } = node;
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    socket: socketFor(host, node),
  };
}

/** The same for the socket alone. */
export function socketFor(
  host: Partial<HostPort>,
  { tls }: NodeOptions = {},
): NonNullable<RedisClientOptions["socket"]> {
  return tls === undefined ? { ...host } : { ...tls, ...host, tls: true };
}
