/**
 * The channels of the console's applications, and what holds in them. Their names begin with `uses-`, so that they are in nobody's
 * way; where a client may publish, the channel stands here by its whole name, and a rule of its application looks at each publication.
 */
import type { ChannelOptions } from "@tautline/hub";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Channels by the names that the page knows as well. */
export const useChannels = Object.freeze({
  quotes: "uses-quotes:market",
  monitor: "uses-monitor:server",
  document: "uses-document:notes",
  carets: "uses-carets:notes",
  /** What the device is to do. */
  wanted: "uses-device:wanted",
  /** What the device says of itself. */
  device: "uses-device:state",
});

/** Each process that serves has a board of its own. */
export function boardChannel(node: string): string {
  return `uses-game:${node}`;
}

/** The channel of what everybody is told. */
export const everybody = "uses-notices:everybody";

/** The channel of what one person is told. "#" in a channel's name has a meaning of its own. */
export function inboxChannel(name: string): string {
  return `uses-notices:to/${name.replaceAll(/[%#]/gu, encodeURIComponent)}`;
}

const told: Partial<ChannelOptions> = { clientPublish: false, payloads: "json" };

/** What the channels do, as the hub's `ownChannels`. */
export const ownChannels: Readonly<Record<string, Partial<ChannelOptions>>> = Object.freeze({
  "uses-notices": {
    ...told,
    historySize: 100,
    historyTtlMs: 7 * dayMs,
    recovery: "stream",
  },
  "uses-game": told,
  // Whoever comes gets the newest picture at once, and after that what is different in each.
  "uses-quotes": {
    ...told,
    presence: false,
    historySize: 1,
    historyTtlMs: minuteMs,
    recovery: "cache",
    deltas: ["fossil"],
  },
  "uses-monitor": {
    ...told,
    presence: false,
    historySize: 120,
    historyTtlMs: 2 * minuteMs,
    recovery: "stream",
  },
  "uses-device": { ...told, historySize: 1, historyTtlMs: dayMs, recovery: "cache" },
  [useChannels.device]: {
    payloads: "json",
    historySize: 1,
    historyTtlMs: dayMs,
    recovery: "cache",
  },
  "uses-document": told,
  [useChannels.document]: {
    payloads: "json",
    historySize: 400,
    historyTtlMs: 30 * dayMs,
    recovery: "stream",
  },
  "uses-carets": told,
  [useChannels.carets]: { payloads: "json" },
});
