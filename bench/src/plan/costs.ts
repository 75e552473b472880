/**
 * What the parts of a deployment cost, as `npm run bench -- brokers costs` has measured them. They are kept in a file, so
 * that a plan comes out the same wherever it is made.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { benchFolder } from "../folders.ts";
import type { RunResult } from "../result.ts";

/** One publication on its way, in µs of CPU time. */
export interface PassageCosts {
  /** For the node that takes it from whoever publishes. */
  readonly publishUs: number;
  /** For the engine, with one node that hears it; 0 without an engine. */
  readonly carryUs: number;
  /** For each node that hears it, its first delivery included. */
  readonly receiveUs: number;
  /** For each delivery, when a thousand are made and nothing else is sent in that turn. */
  readonly deliverUs: number;
  /** The same with eight publications outstanding, of which several leave in one write. */
  readonly deliverBatchedUs: number;
}

export type Way = "one-node" | "redis" | "nats";

export interface Costs {
  readonly measured: {
    readonly date: string;
    readonly command: string;
    readonly machine: string;
    readonly node: string;
    /** Cores that others used meanwhile: the median. */
    readonly othersCpu: number;
  };
  /** Bytes of resident memory for a connection with one subscription. */
  readonly connectionBytes: number;
  /** Bytes for each further subscription. */
  readonly subscriptionBytes: number;
  /** µs for a ping of the hub and the client's answer. */
  readonly pingUs: number;
  /** µs to connect, subscribe and close. */
  readonly connectUs: number;
  /** µs of an engine for each further node that hears a publication. */
  readonly copyUs: Readonly<Record<"redis" | "nats", number>>;
  /** Without history, and with it. */
  readonly live: Readonly<Record<Way, PassageCosts>>;
  readonly log: Readonly<Record<Way, PassageCosts>>;
}

export const ways: readonly Way[] = ["one-node", "redis", "nats"];

const file = join(benchFolder, "plan", "costs.json");

export function readCosts(): Costs {
  return JSON.parse(readFileSync(file, "utf8")) as Costs;
}

/** @throws Error when a case of the groups `brokers` and `costs` is missing or has failed */
export function keepCosts(result: RunResult): void {
  writeFileSync(file, `${JSON.stringify(costsOf(result), null, 2)}\n`);
}

/** Two digits say what a measurement knows. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** @throws Error when a case of the groups `brokers` and `costs` is missing or has failed */
export function costsOf(result: RunResult): Costs {
  const cost = (id: string, peer: Way = "one-node"): number => {
    const found = result.cases.find((each) => each.id === id)?.peers.find((p) => p.peer === peer);
    if (found?.cost === undefined) throw new Error(`${id} has no figure for ${peer}`);
    return rounded(found.cost.median);
  };
  const passage = (kind: "live" | "log", way: Way): PassageCosts => ({
    publishUs: way === "one-node" ? 0 : cost(`costs-publishing-${kind}`, way),
    carryUs: way === "one-node" ? 0 : cost(`costs-carrying-${kind}`, way),
    receiveUs: cost(`costs-receiving-${kind}`, way),
    deliverUs: cost(`brokers-${kind}-1`, way),
    deliverBatchedUs: cost(`brokers-${kind}-8`, way),
  });
  const passages = (kind: "live" | "log"): Record<Way, PassageCosts> => ({
    "one-node": passage(kind, "one-node"),
    redis: passage(kind, "redis"),
    nats: passage(kind, "nats"),
  });
  const [few, many] = [cost("costs-memory"), cost("costs-memory-20")];
  const copy = (way: "redis" | "nats"): number =>
    rounded(Math.max(0, (cost("costs-copies", way) - cost("costs-carrying-live", way)) / 20));
  const { machine, date, command, versions } = result;
  return {
    measured: {
      date: date.slice(0, 10),
      command,
      machine: `${machine.processor}, ${machine.cores} cores, ${machine.system}`,
      node: versions["node"] ?? process.versions.node,
      othersCpu: rounded(machine.othersCpu?.median ?? 0),
    },
    connectionBytes: few,
    subscriptionBytes: rounded(Math.max(0, (many - few) / 19)),
    pingUs: cost("costs-ping"),
    connectUs: cost("costs-connect"),
    copyUs: { redis: copy("redis"), nats: copy("nats") },
    live: passages("live"),
    log: passages("log"),
  };
}
