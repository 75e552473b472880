/**
 * The options of a ReconnectingWebSocket: one interface, one frozen set of defaults, one place that checks them.
 */
import type { Environment } from "../environment.ts";
import { defaultEnvironment } from "../default-environment.ts";
import { UsageError } from "../errors.ts";
import type { AnySocketConstructor, CloseInfo } from "./any-socket.ts";

/** Sizes are finite by default. Times are in milliseconds. */
export interface ReconnectingSettings {
  /** For an attempt, from asking for the URL to the open socket. Default 10,000. */
  readonly connectTimeoutMs: number;
  /** The first delay is a random part of it, and each further one of twice as much. Default 500. */
  readonly reconnectDelayMs: number;
  /** Delays are parts of no more than this. Default 20,000. */
  readonly maxReconnectDelayMs: number;
  /** A connection that has held for so long makes delays start over. Default 10,000. */
  readonly stableAfterMs: number;
  /** Messages that wait while the connection is away; 0 for none. Default 256. */
  readonly maxQueuedMessages: number;
  /** Bytes of these. Default 1 MiB. */
  readonly maxQueuedBytes: number;
}

export interface ReconnectingWebSocketOptions extends Partial<ReconnectingSettings> {
  /** The class to make sockets of. Default: the global `WebSocket`. */
  readonly webSocket?: AnySocketConstructor | undefined;
  /** Whether to come back after this end. Default: {@link comesBack}. */
  readonly shouldReconnect?: ((end: CloseInfo) => boolean) | undefined;
  /** Clock, chance and signs of the network, for tests or for unusual platforms. */
  readonly environment?: Environment | undefined;
}

/** Everything filled in. */
export interface ReconnectingSetup {
  readonly settings: ReconnectingSettings;
  readonly webSocket: AnySocketConstructor;
  readonly shouldReconnect: (end: CloseInfo) => boolean;
  readonly environment: Environment;
}

export const reconnectingDefaults: ReconnectingSettings = Object.freeze({
  connectTimeoutMs: 10_000,
  reconnectDelayMs: 500,
  maxReconnectDelayMs: 20_000,
  stableAfterMs: 10_000,
  maxQueuedMessages: 256,
  maxQueuedBytes: 1_048_576,
});

const settingNames = [
  "connectTimeoutMs",
  "reconnectDelayMs",
  "maxReconnectDelayMs",
  "stableAfterMs",
  "maxQueuedMessages",
  "maxQueuedBytes",
] as const satisfies readonly (keyof ReconnectingSettings)[];

/** The same would happen again: normal closure, and faults of what was said or asked (RFC 6455 §7.4.1). */
const finalCodes: ReadonlySet<number> = new Set([1000, 1003, 1007, 1008, 1009, 1010]);

/**
 * Whether a connection that ended with `code` is worth another attempt: not after 1000, 1003 and 1007 to 1010, which would
 * come again, and not after 3500 to 3999 and 4500 to 4999, with which servers of this family say so.
 */
export function comesBack({ code }: { readonly code: number }): boolean {
  return !finalCodes.has(code) && !(code >= 3500 && code < 4000) && !(code >= 4500 && code < 5000);
}

/** The global that may be missing. */
const globals: { readonly WebSocket?: AnySocketConstructor } = globalThis;

/**
 * Fills in the defaults. A member that is `undefined` counts as not given.
 *
 * @throws UsageError `no-websocket`, `bad-option`
 */
export function resolveReconnecting(options: ReconnectingWebSocketOptions): ReconnectingSetup {
  const webSocket = options.webSocket ?? globals.WebSocket;
  if (webSocket === undefined) throw new UsageError("no-websocket");
  const settings: Record<keyof ReconnectingSettings, number> = { ...reconnectingDefaults };
  for (const name of settingNames) {
    const value = options[name];
    if (value === undefined) continue;
    if (!(value >= 0) || (name === "connectTimeoutMs" && value === 0)) {
      throw new UsageError("bad-option", name);
    }
    settings[name] = value;
  }
  return {
    settings,
    webSocket,
    shouldReconnect: options.shouldReconnect ?? comesBack,
    environment: options.environment ?? defaultEnvironment,
  };
}
