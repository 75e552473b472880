/** How a server is at one moment: what it has, what it has counted so far, and how its process is. */
import type { Hub, HubInfo, NodeInfo } from "@tautline/hub";

import type { CounterTotals, PrometheusMetrics } from "../../metrics/prometheus-metrics.ts";
import type { BrokerHealth } from "./broker-probe.ts";
import type { LoopDelay } from "./event-loop.ts";

export interface Queues {
  /** Bytes that wait for clients, of all together and of the one for whom most wait. */
  readonly bytes: number;
  readonly longest: number;
  /** Clients that do not keep up: for whom more than `slowBytes` wait. */
  readonly slow: number;
}

export interface Snapshot {
  readonly type: "snapshot";
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly node: string;
  readonly hub: HubInfo;
  readonly queues: Queues;
  readonly counters: CounterTotals;
  readonly process: {
    /** Milliseconds of processor time since it began. */
    readonly cpuMs: number;
    readonly rss: number;
    readonly heapUsed: number;
    readonly loop: LoopDelay;
  };
  readonly broker: BrokerHealth;
  readonly nodes: readonly (NodeInfo & { readonly id: string })[];
}

/** What waits for a client who keeps up is gone before the next look, mostly; this much is not. */
const slowBytes = 65_536;

export interface SnapshotSources {
  readonly hub: Hub;
  readonly metrics: PrometheusMetrics;
  readonly now: number;
  readonly loop: LoopDelay;
  readonly broker: BrokerHealth;
}

/** The nodes of a fleet that are shown at most. */
const mostNodes = 100;

export async function takeSnapshot(sources: SnapshotSources): Promise<Snapshot> {
  const { hub, metrics, now, loop, broker } = sources;
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const nodes = Array.from(hub.nodes, ([id, node]) => ({ ...node, id }));
  return {
    type: "snapshot",
    at: now,
    node: hub.node,
    hub: hub.info(),
    queues: queuesOf(hub),
    counters: await metrics.totals(),
    process: { cpuMs: (user + system) / 1000, rss, heapUsed, loop },
    broker,
    nodes: nodes.slice(0, mostNodes),
  };
}

function queuesOf(hub: Hub): Queues {
  let [bytes, longest, slow] = [0, 0, 0];
  for (const { bufferedBytes } of hub.clients.values()) {
    bytes += bufferedBytes;
    longest = Math.max(longest, bufferedBytes);
    if (bufferedBytes > slowBytes) slow += 1;
  }
  return { bytes, longest, slow };
}
