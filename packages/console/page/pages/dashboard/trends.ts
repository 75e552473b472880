/** What the dashboard's charts show: rates between two snapshots, and the last minutes of them. */
import type { Point } from "../../charts/points.ts";
import { withPoint } from "../../charts/points.ts";
import type { LabelledCount, Snapshot } from "./snapshot.ts";

/** How far back the charts go, in seconds. */
export const spanSeconds = 180;

export const trendNames = [
  "clients",
  "connections",
  "channels",
  "commands",
  "publications",
  "deliveries",
  "queued",
  "slow",
  "rss",
  "heap",
  "loop",
  "loopP99",
  "cpu",
] as const;
export type TrendName = (typeof trendNames)[number];

/** Values by the server's time in seconds. */
export type Trends = Readonly<Record<TrendName, readonly Point[]>>;

export const noTrends: Trends = Object.freeze(
  Object.fromEntries(trendNames.map((name) => [name, []])) as unknown as Trends,
);

/** The trends with one snapshot more; `before` is the one before it, without which there are no rates yet. */
export function withSnapshot(trends: Trends, now: Snapshot, before: Snapshot | undefined): Trends {
  const values = { ...levels(now), ...(before && rates(now, before)) };
  const seconds = now.at / 1000;
  const entries = trendNames.map((name) => {
    const value = values[name];
    const points = trends[name];
    return [name, value === undefined ? points : withPoint(points, [seconds, value], spanSeconds)];
  });
  return Object.fromEntries(entries) as Trends;
}

type Values = Partial<Record<TrendName, number>>;

function levels({ hub, queues, process }: Snapshot): Values {
  return {
    clients: hub.clients,
    connections: hub.connections,
    channels: hub.channels,
    queued: queues.bytes,
    slow: queues.slow,
    rss: process.rss,
    heap: process.heapUsed,
    loop: process.loop.p50,
    loopP99: process.loop.p99,
  };
}

function rates(now: Snapshot, before: Snapshot): Values {
  const seconds = (now.at - before.at) / 1000;
  // Another process, or a clock that was set back: nothing can be said.
  if (seconds <= 0 || now.node !== before.node) return {};
  const rate = (name: string): number =>
    Math.max(0, total(now.counters[name]) - total(before.counters[name])) / seconds;
  return {
    commands: rate("tautline_commands_total"),
    publications: rate("tautline_publications_received_total"),
    deliveries: rate("tautline_deliveries_total"),
    cpu: Math.max(0, now.process.cpuMs - before.process.cpuMs) / seconds / 10,
  };
}

/** The sum over all labels; 0 for what was never counted. */
export function total(counts: readonly LabelledCount[] = []): number {
  return counts.reduce((sum, { value }) => sum + value, 0);
}
