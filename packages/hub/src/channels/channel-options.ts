/**
 * What a channel does: whether it keeps a log and for how long, who is told of whom, and what clients may ask for. One
 * interface, one object with the defaults, one function that joins the two and checks them. Which options a channel has
 * follows from its name: see `namespaces.ts`.
 */

import type { PayloadKind } from "../payload-values.ts";
import type { LogPolicy } from "../ports/broker.ts";

/**
 * How clients catch up after they were away. `stream`: with everything they missed, in order; `cache`: with the newest
 * publication, which new subscribers get as well; `none`: not at all.
 */
export type RecoveryMode = "none" | "stream" | "cache";

/** Compressions of publications against the one before; "fossil" is the protocol's only one. */
export type DeltaType = "fossil";

export interface ChannelOptions {
  /** Publications that the channel's log holds at most, older ones make room; 0 keeps no log. Default: 0. */
  readonly historySize: number;
  /** Milliseconds after its last publication that the log is emptied. Default: 300,000, five minutes. */
  readonly historyTtlMs: number;
  /**
   * Milliseconds without publications and readers after which the log's epoch and offset are forgotten as well; at least
   * `historyTtlMs`. A client that returns later is told that it may have missed something. Default: 2,592,000,000, 30 days.
   */
  readonly historyMetaTtlMs: number;
  /** How clients catch up after they were away: `"stream"`, `"cache"` or `"none"`. Needs a log. Default: `"none"`. */
  readonly recovery: RecoveryMode;
  /**
   * Whether subscribers' places in the log are watched without recovery: who has missed something is subscribed anew.
   * With recovery they always are. Needs a log. Default: false.
   */
  readonly positioning: boolean;
  /** Whether the channel knows its members. Default: true. */
  readonly presence: boolean;
  /** Whether subscribers who ask for it are told who comes and goes. Default: true. */
  readonly joinLeave: boolean;
  /**
   * Milliseconds that a user whose connection is lost is still a member, at most an hour: who is back by then, on any of
   * the hubs that act as one, has not been away for others. A connection that is closed as it should be is not waited for. Default: 0.
   */
  readonly leaveDelayMs: number;
  /** Whether clients may publish at all; if so, the publish hook decides. Default: true. */
  readonly clientPublish: boolean;
  /**
   * Whether clients get what they publish back, in the connection that it came from; the publish hook may say otherwise for
   * each publication. Default: true.
   */
  readonly echo: boolean;
  /**
   * What messages are. `"json"`: nothing but JSON, other publications are refused. `"bytes"`: bytes, as which code on the
   * server gets them always; they are for clients that speak Protobuf. `"any"`: either, and code on the server gets the
   * value of what holds JSON. A client that speaks JSON is disconnected by a message that holds none. Default: `"any"`.
   */
  readonly payloads: PayloadKind;
  /** Whether clients may read the log at all; if so, the history hook decides. Default: true. */
  readonly clientHistory: boolean;
  /** The compressions of publications that clients may choose: `"fossil"`. Default: none. */
  readonly deltas: readonly DeltaType[];
}

export const longestLeaveDelayMs = 3_600_000;

/** What holds for a channel when nothing is said: no log, presence for all who are permitted. */
export const channelDefaults: ChannelOptions = Object.freeze({
  historySize: 0,
  historyTtlMs: 300_000,
  historyMetaTtlMs: 2_592_000_000,
  recovery: "none",
  positioning: false,
  presence: true,
  joinLeave: true,
  leaveDelayMs: 0,
  clientPublish: true,
  echo: true,
  payloads: "any",
  clientHistory: true,
  deltas: Object.freeze([]),
});

/**
 * The options with their defaults.
 *
 * @throws RangeError when a number or a combination makes no sense.
 */
export function resolveChannelOptions(options: Partial<ChannelOptions> = {}): ChannelOptions {
  const resolved = { ...channelDefaults, ...options };
  const { historySize, historyTtlMs, historyMetaTtlMs, recovery, positioning } = resolved;
  if (!Number.isInteger(historySize) || historySize < 0) {
    throw new RangeError("historySize must be a whole number from 0");
  }
  // Written so that NaN fails too.
  if (!(historyTtlMs > 0)) throw new RangeError("historyTtlMs must be above 0");
  if (!(historyMetaTtlMs >= historyTtlMs)) {
    throw new RangeError("historyMetaTtlMs must be at least historyTtlMs");
  }
  const { leaveDelayMs } = resolved;
  if (!(leaveDelayMs >= 0 && leaveDelayMs <= longestLeaveDelayMs)) {
    throw new RangeError(`leaveDelayMs must be from 0 to ${longestLeaveDelayMs}`);
  }
  if (!["none", "stream", "cache"].includes(recovery)) {
    throw new RangeError(`recovery cannot be ${recovery}`);
  }
  if ((recovery !== "none" || positioning) && historySize === 0) {
    throw new RangeError("recovery and positioning need a historySize above 0");
  }
  if (!["any", "json", "bytes"].includes(resolved.payloads)) {
    throw new RangeError(`payloads cannot be ${resolved.payloads}`);
  }
  for (const delta of resolved.deltas) {
    if (delta !== "fossil") throw new RangeError(`There is no delta ${String(delta)}`);
  }
  return Object.freeze(resolved);
}

/** Whether subscribers of such a channel have a place in its log that is watched. */
export function isPositioned({ recovery, positioning }: ChannelOptions): boolean {
  return recovery !== "none" || positioning;
}

/** How the channel's log is kept, as the broker wants to know it; `undefined` when it has none. */
export function logPolicyOf(options: ChannelOptions): LogPolicy | undefined {
  const { historySize, historyTtlMs, historyMetaTtlMs } = options;
  if (historySize === 0) return undefined;
  return { size: historySize, ttlMs: historyTtlMs, metaTtlMs: historyMetaTtlMs };
}
