/**
 * The client's options, their defaults, and the check of what was given. Every time is in milliseconds, every queue is
 * finite.
 */

import { defaultEnvironment } from "./default-environment.ts";
import type { Environment } from "./environment.ts";
import { UsageError } from "./errors.ts";
import type { ServerEnd } from "./server-end.ts";
import type { OpenLink } from "./transport.ts";
import type { WebSocketConstructor } from "./websocket-link.ts";
import type { WireFormat } from "./wire-format.ts";
import { jsonFormat } from "./wire-format.ts";

/** What `new Client(url, options)` takes. All of it is optional. */
export interface ClientOptions extends GivenSettings {
  /** The WebSocket class to use; the global one by default. Node.js before 22 has none. */
  readonly webSocket?: WebSocketConstructor | undefined;
  /** What carries the connection: a WebSocket by default, `fallback()` of `@tautline/client/fallback` for more ways. */
  readonly transport?: Transport | undefined;
  /** What is spoken: JSON by default, `protobuf()` of `@tautline/client/protobuf` for bytes, over WebSocket alone. */
  readonly format?: WireFormat | undefined;
  /**
   * Hears of the channels that the server subscribes the client to: a `ServerSubscriptions` of
   * `@tautline/client/server-subscriptions`. None by default.
   */
  readonly serverSubscriptions?: ServerEnd | undefined;
  /** A connection token, or a function that gets one; see `TokenSource`. None by default. */
  readonly token?: Token | undefined;
  /** Anything with a JSON form, sent with the connect command for the server's decision who may connect. */
  readonly data?: unknown;
  /** The client's name in the server's statistics, 1–16 characters; "js" by default. */
  readonly name?: string | undefined;
  /** The application's version in the server's statistics; none by default. */
  readonly version?: string | undefined;
  /** Time, chance and signs of the network; that of the browser or of Node.js by default. */
  readonly environment?: Environment | undefined;
}

/**
 * Makes the way to open connections, once for each client.
 *
 * @param url with ws: or wss:
 */
export type Transport = (
  url: URL,
  webSocket: WebSocketConstructor | undefined,
  environment: Environment,
) => OpenLink;

/**
 * A token, or a function that is asked for one before the first attempt, again before the token's time is over, and whenever
 * the server said that it has expired. When it throws, the attempt counts as failed and the next one asks again; when it
 * gives `null`, there is no next one: the client is disconnected, or the subscription over, as `unauthorized`.
 */
export type Token = string | (() => string | null | Promise<string | null>);

/** Each setting may be left out, or be `undefined`, for its default. */
type GivenSettings = { readonly [Name in keyof ClientSettings]?: ClientSettings[Name] | undefined };

/** The options that are numbers. */
export interface ClientSettings {
  /** How long a call waits for its answer, time in the queue included; 10,000. */
  readonly callTimeoutMs: number;
  /** How long an attempt may take, from getting a token to the server's answer to the connect command; 10,000. */
  readonly connectTimeoutMs: number;
  /** How long after the server's announced ping interval silence means that the connection is dead; 10,000. */
  readonly pingGraceMs: number;
  /** The first reconnect comes after a random part of this, and it doubles with each attempt; 500. */
  readonly reconnectDelayMs: number;
  /** It doubles no further than this; 20,000. */
  readonly maxReconnectDelayMs: number;
  /** How long a connection must have held for the delays to start over; 10,000. */
  readonly stableAfterMs: number;
  /**
   * The delay while the machine says that it has no network; 60,000. The `online` sign ends it at once. It is not
   * infinite because machines are sometimes wrong about it. Servers on this machine (localhost) need no network, for
   * them the sign is ignored.
   */
  readonly offlineDelayMs: number;
  /** How many calls may wait while there is no connection; 256. A further one is refused with `queue-full`. */
  readonly maxQueuedCalls: number;
  /** How many bytes may wait, be it for a connection or in the socket's buffer; 1,048,576. The same refusal. */
  readonly maxQueuedBytes: number;
}

/** The defaults of everything that is a number. */
export const clientDefaults: ClientSettings = Object.freeze({
  callTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  pingGraceMs: 10_000,
  reconnectDelayMs: 500,
  maxReconnectDelayMs: 20_000,
  stableAfterMs: 10_000,
  offlineDelayMs: 60_000,
  maxQueuedCalls: 256,
  maxQueuedBytes: 1_048_576,
});

/** Options with the defaults in place. */
export interface ResolvedOptions extends ClientSettings {
  readonly format: WireFormat;
  readonly token: Token | undefined;
  readonly data: unknown;
  readonly name: string;
  readonly version: string;
  readonly environment: Environment;
}

/** @throws UsageError `bad-option` for a number that is not above 0, or delays of which the first exceeds the last. */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const number = (name: keyof ClientSettings): number => {
    const value = options[name] ?? clientDefaults[name];
    if (!(value > 0)) throw new UsageError("bad-option", name);
    return value;
  };
  const reconnectDelayMs = number("reconnectDelayMs");
  const maxReconnectDelayMs = number("maxReconnectDelayMs");
  if (reconnectDelayMs > maxReconnectDelayMs) {
    throw new UsageError("bad-option", "reconnectDelayMs is above maxReconnectDelayMs");
  }
  return {
    callTimeoutMs: number("callTimeoutMs"),
    connectTimeoutMs: number("connectTimeoutMs"),
    pingGraceMs: number("pingGraceMs"),
    reconnectDelayMs,
    maxReconnectDelayMs,
    stableAfterMs: number("stableAfterMs"),
    offlineDelayMs: number("offlineDelayMs"),
    maxQueuedCalls: number("maxQueuedCalls"),
    maxQueuedBytes: number("maxQueuedBytes"),
    format: options.format ?? jsonFormat,
    token: options.token,
    data: options.data,
    name: options.name ?? "js",
    version: options.version ?? "",
    environment: options.environment ?? defaultEnvironment,
  };
}
