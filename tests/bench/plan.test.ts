/**
 * The plan for many machines: it comes out the same each time, moves the way it must when something gets dearer, and the
 * pages have the figures that it comes to.
 */
import { format, resolveConfig } from "prettier";
import { describe, expect, test } from "vitest";

import { inChinese } from "../../bench/src/chinese.ts";
import type { Costs, PassageCosts } from "../../bench/src/plan/costs.ts";
import { costsOf, readCosts } from "../../bench/src/plan/costs.ts";
import { plan, reachedProcesses } from "../../bench/src/plan/deployment.ts";
import { deploySeconds, planText } from "../../bench/src/plan/plan-page.ts";
import { playStorm } from "../../bench/src/plan/return-storm.ts";
import { sizes, workloads } from "../../bench/src/plan/workloads.ts";
import type { Workload } from "../../bench/src/plan/workloads.ts";
import { read } from "../docs/documents.ts";

const passage: PassageCosts = {
  publishUs: 20,
  carryUs: 10,
  receiveUs: 30,
  deliverUs: 10,
  deliverBatchedUs: 2,
};
const passages = { "one-node": passage, redis: passage, nats: passage };

/** Round ones, so that a plan can be followed by hand. */
const costs: Costs = {
  measured: { date: "2000-01-01", command: "none", machine: "none", node: "20.0.0", othersCpu: 0 },
  connectionBytes: 10_000,
  subscriptionBytes: 500,
  pingUs: 10,
  connectUs: 200,
  copyUs: { redis: 2, nats: 2 },
  live: passages,
  log: passages,
};

const quiet: Workload = {
  name: "quiet",
  text: "nobody says anything",
  subscriptions: 1,
  payloadBytes: 100,
  history: false,
  publications: () => 0,
  fanout: () => 1,
};

test.each([
  { page: "docs/explanation/scaling.md", planned: () => planText(readCosts()) },
  { page: "docs/explanation/scaling.zh-CN.md", planned: () => inChinese(planText(readCosts())) },
])("$page has the plan of the costs that are kept", async ({ page, planned }) => {
  const [, section = ""] =
    /<!-- plan: [^\n]+ -->\n([^]*)<!-- end of plan -->/u.exec(read(page)) ?? [];
  const config = await resolveConfig(page);
  const text = await format(planned(), { ...config, parser: "markdown" });
  expect(section.trim()).toBe(text.trim());
});

describe("a plan", () => {
  test("is the same each time, within its bounds, for every workload and size", () => {
    expect(planText(costs)).toBe(planText(costs));
    for (const workload of workloads) {
      const processes = sizes.map(
        (connections) => plan({ workload, connections, engine: "redis", costs }).processes,
      );
      expect(processes).toEqual(processes.toSorted((a, b) => a - b));
    }
  });

  test("has as many processes as idle connections take", () => {
    // 1,000,000 connections: 40,000 pings of 10 µs a second and 278 comings of 200 µs, 0.46 cores; 10 GB, of which
    // a process has 2.8 GiB.
    const deployment = plan({ workload: quiet, connections: 1_000_000, engine: "redis", costs });
    expect(deployment).toMatchObject({ processes: 8, machines: 2, bound: "memory", engines: 1 });
    expect(deployment.cpu.pings * 8).toBeCloseTo(0.4);
    expect(deployment.cpu.comings * 8).toBeCloseTo(0.0556, 3);
  });

  test.each(["deliverUs", "receiveUs", "publishUs"] as const)("grows with %s", (cost) => {
    const [workload] = workloads;
    if (workload === undefined) throw new Error("There is no workload");
    const dear = { ...passages, redis: { ...passage, [cost]: passage[cost] * 20 } };
    const terms = { workload, connections: 1_000_000, engine: "redis" } as const;
    const cheaper = plan({ ...terms, costs });
    const dearer = plan({ ...terms, costs: { ...costs, log: dear } });
    expect(dearer.processes).toBeGreaterThan(cheaper.processes);
  });

  test("divides Redis when one core is not enough", () => {
    const loud = { ...quiet, publications: () => 100_000 };
    const deployment = plan({ workload: loud, connections: 100_000, engine: "redis", costs });
    expect(deployment.engineCores).toBeCloseTo(1);
    expect(deployment.engines).toBe(2);
  });

  test("says when no number of processes is enough", () => {
    const deaf = { ...quiet, publications: () => 50_000, fanout: () => 1e12 };
    expect(() => plan({ workload: deaf, connections: 100_000, engine: "redis", costs })).toThrow(
      RangeError,
    );
  });
});

test("a publication reaches the processes that have a subscriber", () => {
  expect(reachedProcesses(1, 50)).toBe(1);
  expect(reachedProcesses(10, 1)).toBeCloseTo(1);
  expect(reachedProcesses(2, 2)).toBeCloseTo(1.5);
  expect(reachedProcesses(10, 1000)).toBeCloseTo(10);
});

describe("a storm", () => {
  test("is over within the first interval when there is room for all", () => {
    const storm = playStorm({ clients: 100, perSecond: 10_000, seed: 1 });
    expect(storm.attempts).toBe(100);
    expect(storm.allSeconds).toBeLessThanOrEqual(0.5);
  });

  test("lasts as long as the process takes, with attempts that come too late", () => {
    const storm = playStorm({ clients: 2000, perSecond: 100, seed: 1 });
    expect(storm.attempts).toBeGreaterThan(2000);
    expect(storm.allSeconds).toBeGreaterThanOrEqual(19);
    expect(storm.mostSeconds).toBeLessThanOrEqual(storm.allSeconds ?? 0);
    expect(playStorm({ clients: 2000, perSecond: 100, seed: 1 })).toEqual(storm);
  });

  test("is given up after ten minutes", () => {
    expect(playStorm({ clients: 2000, perSecond: 1, seed: 1 }).allSeconds).toBeUndefined();
  });
});

test("a deploy replaces a twentieth at a time, one at least", () => {
  expect(deploySeconds(8)).toBe(8 * 40);
  expect(deploySeconds(1000)).toBe(20 * 40);
});

test("costs are not kept when a case is missing", () => {
  const run = { cases: [], machine: {}, versions: {} } as unknown as Parameters<typeof costsOf>[0];
  expect(() => costsOf(run)).toThrow(/costs-memory has no figure for one-node/u);
});
