/** Where Redis is and how to get in: one Redis, the primary that sentinels name, or a cluster. */

import type { RedisClientOptions } from "@redis/client";

/** A host and its port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Options of the client library that are the user's to choose: for each connection to a Redis. */
export type RedisOptions = Pick<
  RedisClientOptions,
  "url" | "socket" | "username" | "password" | "database" | "name"
>;

/** Those that lead to any host: which one, the sentinels or the cluster say. TLS and its certificates are among them. */
export interface NodeOptions {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: number | undefined;
  /** TLS, with the options of `tls.connect` of Node.js: `ca`, `cert`, `key`, `servername` and others. Default: none. */
  readonly tls?: Readonly<Record<string, unknown>> | undefined;
}

/** A primary that sentinels know by a name. */
export interface SentinelOptions {
  /** At least one; the first that answers is believed. */
  readonly sentinels: readonly HostPort[];
  /** The name of the primary there. */
  readonly primary: string;
  /** For the sentinels themselves. Default: no password, no TLS. */
  readonly access?: NodeOptions | undefined;
  /** For Redis. */
  readonly node?: NodeOptions | undefined;
}

export interface ClusterOptions {
  /** At least one; they name the others. */
  readonly nodes: readonly HostPort[];
  readonly node?: NodeOptions | undefined;
}

export interface RedisPlace {
  readonly redis?: RedisOptions | undefined;
  readonly sentinel?: SentinelOptions | undefined;
  readonly cluster?: ClusterOptions | undefined;
}

const defaultPorts = { sentinel: 26_379, cluster: 6379 };

/**
 * The place that an address names: `redis://` or `rediss://` with user, password, host, port and number of the database;
 * `redis+sentinel://host:port,host:port/name` with the name of the primary; `redis+cluster://host:port,host:port`. The
 * latter two with `rediss` for TLS. User and password are for Redis; sentinels get none.
 *
 * @throws RangeError for anything else; its text leaves the address out, which may hold a password
 */
export function redisAddress(address: string): RedisPlace {
  if (/^rediss?:\/\//u.test(address) && URL.canParse(address)) return { redis: { url: address } };
  const parts =
    /^(?<scheme>rediss?)\+(?<kind>sentinel|cluster):\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/@]+)(?:\/(?<rest>.*))?$/u.exec(
      address,
    )?.groups;
  if (parts === undefined) throw mistake();
  const { scheme, kind, user = "", password = "", hosts = "", rest = "" } = parts;
  const node: NodeOptions = {
    ...(user !== "" && { username: decodeURIComponent(user) }),
    ...(password !== "" && { password: decodeURIComponent(password) }),
    ...(scheme === "rediss" && { tls: {} }),
  };
  if (kind === "sentinel") {
    if (rest === "") throw mistake();
    const sentinels = hostsIn(hosts, defaultPorts.sentinel);
    return { sentinel: { sentinels, primary: decodeURIComponent(rest), node } };
  }
  if (rest !== "") throw mistake();
  return { cluster: { nodes: hostsIn(hosts, defaultPorts.cluster), node } };
}

function hostsIn(hosts: string, defaultPort: number): readonly HostPort[] {
  return hosts.split(",").map((text) => {
    const url = `http://${text}`;
    if (!URL.canParse(url) || new URL(url).hostname === "") throw mistake();
    const { hostname, port } = new URL(url);
    return {
      host: hostname.replace(/^\[|\]$/gu, ""),
      port: port === "" ? defaultPort : Number(port),
    };
  });
}

function mistake(): RangeError {
  return new RangeError(
    "An address of Redis is redis://host:port, redis+sentinel://host:port,host:port/name or redis+cluster://host:port,host:port",
  );
}
