/** The options of `serve`: one interface, one frozen set of defaults, one function that joins the two. */
import type { AnyContract, Broker, HubOptions, Logger, NodeRelay, Tracer } from "@tautline/hub";
import { silentLogger } from "@tautline/hub";
import type { AllowedOrigins, ConnectionOptions } from "@tautline/node";

import type { HttpTransportOptions } from "../http/options.ts";
import type { BackstageOptions, BackstageSettings } from "./backstage-options.ts";
import { backstageDefaults, requirePort, resolveBackstage } from "./backstage-options.ts";
import type { MetricsPage } from "../metrics/metrics-page.ts";
import type { BackendOptions } from "../hooks/options.ts";
import type { ServeHooks } from "./serve-hooks.ts";
import type { TokenOptions } from "../tokens/token-options.ts";
import type { Durability } from "./broker-choice.ts";
import type { DrainOptions, DrainSettings } from "./drain-options.ts";
import { drainDefaults, resolveDrain } from "./drain-options.ts";

export interface ServeOptions extends BackstageOptions, DrainOptions {
  /** The TCP port; 0 takes any free one. Default: 8080. */
  readonly port?: number | undefined;
  /**
   * The address to listen on. Default: `127.0.0.1`, this machine only, because the server is open unless hooks say
   * otherwise. `0.0.0.0` or `::` listens on all addresses.
   */
  readonly host?: string | undefined;
  /** Whether the console's page is served at `/`. Default: true. */
  readonly page?: boolean | undefined;
  /**
   * What opens the guarded parts of the page, its dashboard and its wire inspector, to whoever has it; of 16 visible characters of
   * ASCII at least. Default: none, they stay closed. `tautline serve` makes one.
   */
  readonly consoleToken?: string | undefined;
  /**
   * Hosts that the page's wire inspector may dial from this server beside loopback addresses, by name or address. Whoever has the
   * console's token can reach them with requests for WebSockets. Default: none.
   */
  readonly probeHosts?: readonly string[] | undefined;
  /** Whether `/echo` and `/broadcast` are there. Default: true. */
  readonly demos?: boolean | undefined;
  /**
   * Who may connect, subscribe, publish and look; who answers procedures, and who is told that a client is gone. What no hook
   * decides, `hub.open` does. Default: none.
   */
  readonly hooks?: ServeHooks | undefined;
  /**
   * Where a backend is asked over HTTP what `hooks` do not decide, and how. Default: nowhere.
   */
  readonly backend?: Partial<BackendOptions> | undefined;
  /**
   * The hub's settings. Here `open` is true by default, unless there are `tokens`: whoever reaches the server may do what no
   * hook decides. Without a `connect` hook, an open hub lets everybody in as a guest under the name it asks for.
   */
  readonly hub?: Partial<HubOptions> | undefined;
  /**
   * Whose tokens are taken: of one authority, or of several. With them, nobody connects without a good token but those whom
   * a `connect` hook lets in, and `hub.open` is false by default: capabilities, subscription tokens and hooks say who may
   * do what. Default: none.
   */
  readonly tokens?: TokenOptions | readonly TokenOptions[] | undefined;
  /**
   * Channels whose contracts have schemas, to which publications of clients are held. Default: none, nothing is checked.
   */
  readonly contracts?: readonly AnyContract[] | undefined;
  /** Which pages may connect, by their origin. Default: `same-host`. `/echo` takes them all. */
  readonly allowedOrigins?: AllowedOrigins | undefined;
  /** Limits and heartbeat of each WebSocket connection. */
  readonly connection?: ConnectionOptions | undefined;
  /** Limits and times of the transports over plain HTTP. `allowedOrigins` is the one above unless it is given here. */
  readonly transports?: Partial<HttpTransportOptions> | undefined;
  /**
   * What carries commands of clients of such transports to the node that has their connection. Default: none, they have
   * to come to this node.
   */
  readonly relay?: NodeRelay | undefined;
  /**
   * What stands between several hubs, or the address of a Redis or NATS that does: `redis://`, `nats://` or, with TLS,
   * `rediss://` and `tls://`; `redis+sentinel://host:port,host:port/name` and `redis+cluster://host:port,host:port`. An address
   * needs the package `@tautline/broker-redis` or `@tautline/broker-nats`. Default: in memory, this hub alone.
   */
  readonly broker?: Broker | string | undefined;
  /**
   * The directory where logs of channels and idempotency keys are kept on disk as well, so that they are there after a
   * crash and a restart: an empty one, one of such a server, or one that is not there yet. It needs the package
   * `@tautline/broker-disk`, and belongs to one process at a time. Which channels keep a log, `hub.channels` says.
   * Default: none, they end with the process.
   */
  readonly dataDir?: string | undefined;
  /**
   * With `dataDir`: what a publication survives that was acknowledged. `fsync`: a crash of the process or of the system, each
   * write waits for the disk; `unsafe-without-fsync`: of the process alone, after one of the system clients are told that
   * they may have missed something. Default: `fsync`.
   */
  readonly durability?: Durability | undefined;
  /**
   * Makes spans of commands and of calls of the API; `false`: nobody does. Default: OpenTelemetry, where the package
   * `@opentelemetry/api` is installed.
   */
  readonly tracer?: Tracer | false | undefined;
  /** Where the hub's log goes. `pino` fits. Default: nowhere. */
  readonly logger?: Logger | undefined;
}

/** Options with their defaults; hooks and broker may still be absent. */
export interface ServeSettings extends BackstageSettings, DrainSettings {
  readonly port: number;
  readonly host: string;
  readonly page: boolean;
  readonly consoleToken: string | undefined;
  readonly probeHosts: readonly string[];
  readonly demos: boolean;
  readonly hooks: ServeHooks;
  readonly backend: Partial<BackendOptions>;
  readonly hub: Partial<HubOptions> & Pick<HubOptions, "open">;
  readonly tokens: TokenOptions | readonly TokenOptions[] | undefined;
  readonly contracts: readonly AnyContract[];
  readonly allowedOrigins: AllowedOrigins;
  readonly connection: ConnectionOptions;
  readonly transports: Partial<HttpTransportOptions>;
  readonly relay: NodeRelay | undefined;
  readonly broker: Broker | string | undefined;
  readonly dataDir: string | undefined;
  readonly durability: Durability;
  readonly tracer: Tracer | false | undefined;
  readonly logger: Logger;
}

/** The same with the broker itself, where an address was given, and with the tracer that there is. */
export interface ServerSettings extends ServeSettings {
  readonly broker: Broker | undefined;
  readonly tracer: Tracer | undefined;
  readonly part: ServerPart;
}

/** What is different for a server that is one of several processes, which are one server together. */
export interface ServerPart {
  /** Whether the other processes listen on the same port by themselves. */
  readonly reusePort: boolean;
  /** What is at `/metrics`, given what this process has. */
  metricsPage(own: MetricsPage, values: () => Promise<object[]>): MetricsPage | undefined;
}

/** A server that is one process. */
export const alone: ServerPart = Object.freeze({
  reusePort: false,
  metricsPage: (own: MetricsPage) => own,
});

/** What holds when nothing is said. */
export const serveDefaults: ServeSettings = Object.freeze({
  ...backstageDefaults,
  ...drainDefaults,
  port: 8080,
  host: "127.0.0.1",
  page: true,
  consoleToken: undefined,
  probeHosts: Object.freeze([]),
  demos: true,
  hooks: Object.freeze({}),
  backend: Object.freeze({}),
  hub: Object.freeze({ open: true }),
  tokens: undefined,
  contracts: Object.freeze([]),
  allowedOrigins: "same-host",
  connection: Object.freeze({}),
  transports: Object.freeze({}),
  relay: undefined,
  broker: undefined,
  dataDir: undefined,
  durability: "fsync",
  tracer: undefined,
  logger: silentLogger,
});

/** @throws RangeError for a port or a time that is none. */
export function resolveOptions(given: ServeOptions): ServeSettings {
  const settings = {
    ...serveDefaults,
    ...said(given),
    ...resolveBackstage(given),
    ...resolveDrain(given),
  };
  requirePort("port", settings.port);
  return Object.freeze({
    ...settings,
    hub: { open: settings.tokens === undefined, ...given.hub },
  });
}

type Said = {
  readonly [Name in keyof ServeOptions]?: Exclude<ServeOptions[Name], undefined>;
};

/** What was said, without what `undefined` leaves open. */
function said(given: ServeOptions): Said {
  const entries = Object.entries(given).filter(
    ([, value]: [string, unknown]) => value !== undefined,
  );
  return Object.fromEntries(entries);
}
