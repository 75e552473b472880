/**
 * The hub's settings: one interface, one object with the defaults, one function that joins the two and checks them.
 * Everything that a client could make grow has a limit here.
 */

import type { DecodeLimits } from "@tautline/wire";
import { commandLimits } from "@tautline/wire";
import type { ChannelOptions } from "./channels/channel-options.ts";

export interface HubOptions {
  /**
   * Whether clients may do what no hook decides: connect, subscribe and publish as they like, and see the members of any
   * channel. Dangerous on a network that is not yours. Default: false.
   */
  readonly open: boolean;
  /** Milliseconds between pings of the server; 0 sends none. Default: 25,000. */
  readonly pingIntervalMs: number;
  /** Milliseconds a client has to answer a ping; less than the interval; 0 wants no answers. Default: 10,000. */
  readonly pongTimeoutMs: number;
  /** Milliseconds until a connection without a successful connect command is closed. Default: 10,000. */
  readonly staleTimeoutMs: number;
  /**
   * Milliseconds that a client has, after the time of its connection or subscription is over, to come with another token.
   * Default: 25,000.
   */
  readonly refreshGraceMs: number;
  /** Bytes that may wait for a client that reads too slowly before it is disconnected. Default: 1 MiB. */
  readonly maxBufferedBytes: number;
  /** Channels a client may be subscribed to at once. Default: 128. */
  readonly maxChannelsPerClient: number;
  /** Bytes of a channel's name in UTF-8. Default: 255. */
  readonly maxChannelNameBytes: number;
  /**
   * Commands of one client that may be under way or waiting; with more, the hub reads no further until some are done.
   * Those of the frame that goes beyond it are still taken. Default: 512.
   */
  readonly maxPendingCommands: number;
  /**
   * Connections that a user may have at once on this hub; those of whom nothing is known are not counted. 0 for no limit.
   * Default: 100.
   */
  readonly maxConnectionsPerUser: number;
  /**
   * Connections that may come from an address at once, of IPv6 from its first 64 bits; 0 for no limit. Default: 0, because
   * behind a proxy all come from the proxy's.
   */
  readonly maxConnectionsPerAddress: number;
  /** Commands of one client in a second, of all kinds together; 0 for no limit. Default: 500. */
  readonly maxCommandsPerSecond: number;
  /** Of them: subscriptions begun and ended. 0 for no limit. Default: 50. */
  readonly maxSubscribesPerSecond: number;
  /** Of them: publications. 0 for no limit. Default: 200. */
  readonly maxPublishesPerSecond: number;
  /** Of them: questions for presence and history. 0 for no limit. Default: 50. */
  readonly maxReadsPerSecond: number;
  /** Of them: calls of procedures. 0 for no limit. Default: 100. */
  readonly maxCallsPerSecond: number;
  /** Of them: messages that want no answer. 0 for no limit. Default: 200. */
  readonly maxSendsPerSecond: number;
  /** Of them: refreshes of connections and subscriptions. 0 for no limit. Default: 10. */
  readonly maxRefreshesPerSecond: number;
  /** So many seconds' worth of commands may come at once, after so much time without any. Default: 10. */
  readonly rateBurstSeconds: number;
  /**
   * Commands that may be refused for their rate in a minute before the client is disconnected; 0 for no limit. Default: 100.
   */
  readonly maxRefusalsPerMinute: number;
  /** What channels without a namespace do. Default: no log, presence. */
  readonly channels: Partial<ChannelOptions>;
  /**
   * What channels do whose name begins with a namespace and ":", by namespace; each stands on the defaults of channels
   * alone. With any, names with another namespace are unknown; with none, ":" means nothing. Default: none.
   */
  readonly namespaces: Readonly<Record<string, Partial<ChannelOptions>>>;
  /**
   * Publications that a client may catch up with at once, and that may wait while it does; who has missed more is told
   * that it may have missed something. Default: 16,384.
   */
  readonly maxRecoveredPublications: number;
  /** Bytes of the same, and of a page of history, on top of `maxBufferedBytes`. Default: 1 MiB. */
  readonly maxRecoveredBytes: number;
  /** Publications in a page of history that a client reads. Default: 1,000. */
  readonly maxHistoryPublications: number;
  /**
   * Milliseconds between two looks at each watched channel's log, whether its subscribers have everything; 0 looks never.
   * Default: 30,000.
   */
  readonly positionCheckIntervalMs: number;
  /** Limits of one frame from a client. Default: 64 KiB, 512 commands, 64 levels. */
  readonly frame: DecodeLimits;
}

/** What holds when nothing is said. */
export const hubDefaults: HubOptions = Object.freeze({
  open: false,
  pingIntervalMs: 25_000,
  pongTimeoutMs: 10_000,
  staleTimeoutMs: 10_000,
  refreshGraceMs: 25_000,
  maxBufferedBytes: 1_048_576,
  maxChannelsPerClient: 128,
  maxChannelNameBytes: 255,
  maxPendingCommands: 512,
  maxConnectionsPerUser: 100,
  maxConnectionsPerAddress: 0,
  maxCommandsPerSecond: 500,
  maxSubscribesPerSecond: 50,
  maxPublishesPerSecond: 200,
  maxReadsPerSecond: 50,
  maxCallsPerSecond: 100,
  maxSendsPerSecond: 200,
  maxRefreshesPerSecond: 10,
  rateBurstSeconds: 10,
  maxRefusalsPerMinute: 100,
  channels: Object.freeze({}),
  namespaces: Object.freeze({}),
  maxRecoveredPublications: 16_384,
  maxRecoveredBytes: 1_048_576,
  maxHistoryPublications: 1000,
  positionCheckIntervalMs: 30_000,
  frame: commandLimits,
});

/**
 * The options with their defaults.
 *
 * @throws RangeError when a number makes no sense.
 */
export function resolveOptions(options: Partial<HubOptions> = {}): HubOptions {
  const resolved = { ...hubDefaults, ...options };
  for (const name of [...durationNames, ...optionalLimitNames]) requireAtLeast(0, name, resolved);
  for (const name of limitNames) requireAtLeast(1, name, resolved);
  if (resolved.pingIntervalMs > 0 && resolved.pongTimeoutMs >= resolved.pingIntervalMs) {
    throw new RangeError("pongTimeoutMs must be less than pingIntervalMs");
  }
  return Object.freeze(resolved);
}

const durationNames = [
  "pingIntervalMs",
  "pongTimeoutMs",
  "positionCheckIntervalMs",
  "refreshGraceMs",
] as const;

/** Those that 0 turns off. */
const optionalLimitNames = [
  "maxConnectionsPerUser",
  "maxConnectionsPerAddress",
  "maxCommandsPerSecond",
  "maxSubscribesPerSecond",
  "maxPublishesPerSecond",
  "maxReadsPerSecond",
  "maxCallsPerSecond",
  "maxSendsPerSecond",
  "maxRefreshesPerSecond",
  "maxRefusalsPerMinute",
] as const;

const limitNames = [
  "rateBurstSeconds",
  "staleTimeoutMs",
  "maxBufferedBytes",
  "maxChannelsPerClient",
  "maxChannelNameBytes",
  "maxPendingCommands",
  "maxRecoveredPublications",
  "maxRecoveredBytes",
  "maxHistoryPublications",
] as const;

function requireAtLeast(
  min: number,
  name:
    | (typeof limitNames)[number]
    | (typeof durationNames)[number]
    | (typeof optionalLimitNames)[number],
  options: HubOptions,
): void {
  // Written so that NaN fails too.
  if (!(options[name] >= min)) throw new RangeError(`${name} must be at least ${min}`);
}
