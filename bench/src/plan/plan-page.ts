/** The plan as Markdown, between two marks in the page about scaling. The words around it are the page's own. */
import { writeBetween } from "../marked-pages.ts";
import { figure } from "../table.ts";
import { assumptions } from "./assumptions.ts";
import { ways } from "./costs.ts";
import type { Costs, Way } from "./costs.ts";
import { deliveryBytes, pingBytes, plan } from "./deployment.ts";
import type { Deployment } from "./deployment.ts";
import { playStorm } from "./return-storm.ts";
import type { Storm } from "./return-storm.ts";
import { sizes, workloads } from "./workloads.ts";
import type { Workload } from "./workloads.ts";

const marks = {
  begin: "<!-- plan: written by `npm run plan -- --write-docs` -->",
  end: "<!-- end of plan -->",
};

/** The storm's randomness; any number does. */
const seed = 1;

const wayTitles: Record<Way, string> = {
  "one-node": "one node",
  redis: "over Redis",
  nats: "over NATS",
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Warns of figures that a busy machine has spoilt. */
const quietEnough = 0.2;

function conditions({ measured }: Costs): string {
  const { date, command, machine, node, othersCpu } = measured;
  const spoilt =
    othersCpu > quietEnough
      ? " **That makes them a rehearsal and no result**: code ran cold, and costs are several times too high."
      : "";
  return (
    `Measured on ${date} with \`${command}\`, ${machine}, Node.js ${node}; others used ${figure(othersCpu)} cores meanwhile.` +
    spoilt
  );
}

function connectionTable({ connectionBytes, subscriptionBytes, pingUs, connectUs }: Costs): string {
  return table(
    ["for each", "cost", "case"],
    [
      ["connection with a subscription", `${whole(connectionBytes)} bytes`, "`costs-memory`"],
      ["further subscription", `${whole(subscriptionBytes)} bytes`, "`costs-memory-20`"],
      ["ping and its answer", `${figure(pingUs)} µs`, "`costs-ping`"],
      ["connection that comes, subscribes and goes", `${figure(connectUs)} µs`, "`costs-connect`"],
    ],
  );
}

function byWay(title: string, cell: (way: Way) => string): string[] {
  return [title, ...ways.map(cell)];
}

/** What there is none of costs nothing. */
function unlessNone(value: number): string {
  return value === 0 ? "–" : figure(value);
}

function passageTable(costs: Costs, kind: "live" | "log"): string {
  const of = (way: Way): Costs["live"][Way] => costs[kind][way];
  const ratio = (way: Way, batched: boolean): string => {
    const key = batched ? "deliverBatchedUs" : "deliverUs";
    return (of(way)[key] / of("one-node")[key]).toFixed(2);
  };
  return table(
    [kind === "log" ? "with history" : "without history", ...ways.map((way) => wayTitles[way])],
    [
      byWay("publishing node, a publication", (way) => unlessNone(of(way).publishUs)),
      byWay("engine, a publication to one node", (way) => unlessNone(of(way).carryUs)),
      byWay("engine, each further node", (way) =>
        way === "one-node" ? "–" : figure(costs.copyUs[way]),
      ),
      byWay("receiving node, a publication and its first delivery", (way) =>
        figure(of(way).receiveUs),
      ),
      byWay("receiving node, a delivery, one publication at a time", (way) =>
        figure(of(way).deliverUs),
      ),
      byWay("… to one node", (way) => ratio(way, false)),
      byWay("receiving node, a delivery, eight publications at a time", (way) =>
        figure(of(way).deliverBatchedUs),
      ),
      byWay("… to one node", (way) => ratio(way, true)),
    ],
  );
}

function workloadTable(): string {
  const rows = workloads.map((workload) => [
    workload.name,
    workload.text,
    `${deliveryBytes(workload)} bytes`,
  ]);
  return table(["workload", "what people do", "a delivery on the wire"], rows);
}

interface Planned {
  readonly workload: Workload;
  readonly deployment: Deployment;
  /** When one of its machines dies. */
  readonly storm: Storm;
}

function planned(costs: Costs, connections: number): readonly Planned[] {
  return workloads.map((workload) => {
    const deployment = plan({ workload, connections, engine: "redis", costs });
    const { machines } = deployment;
    return { workload, deployment, storm: stormOf(costs, { connections, machines }) };
  });
}

function byWorkload(all: readonly Planned[], rows: readonly Row[]): string {
  const head = ["", ...all.map(({ workload }) => workload.name)];
  return table(
    head,
    rows.map(([title, cell]) => [title, ...all.map(cell)]),
  );
}

type Row = readonly [title: string, cell: (planned: Planned) => string];

function percent(part: number): string {
  return `${figure(part * 100)} %`;
}

function cpuText({ cpu }: Deployment): string {
  const { deliveries, publications, pings, comings } = cpu;
  return [deliveries, publications, pings, comings].map((part) => percent(part)).join(" · ");
}

const sizeRows: readonly Row[] = [
  ["publications per second", ({ deployment }) => whole(deployment.publications)],
  ["deliveries per second", ({ deployment }) => whole(deployment.deliveries)],
  ["machines, with one to spare", ({ deployment }) => whole(deployment.machines)],
  ["processes", ({ deployment }) => whole(deployment.processes)],
  ["what asks for so many", ({ deployment }) => deployment.bound],
  ["connections of a process", ({ deployment }) => whole(deployment.connectionsPerProcess)],
  ["a core: deliveries · publications · pings · comings", ({ deployment }) => cpuText(deployment)],
  ["memory of a machine, GiB", ({ deployment }) => figure(deployment.memoryGiBPerMachine)],
  ["to all clients, Gbit/s", ({ deployment }) => figure(deployment.clientGbit)],
  ["processes that hear a publication", ({ deployment }) => figure(deployment.reached)],
  ["from Redis, Gbit/s", ({ deployment }) => figure(deployment.engineGbit)],
  ["cores that Redis uses", ({ deployment }) => figure(deployment.engineCores)],
  ["Redis primaries", ({ deployment }) => whole(deployment.engines)],
];

/** When a machine dies: its clients come to all that are left, which have half a core for them. */
function stormOf(costs: Costs, { connections, machines }: StormSize): Storm {
  const lost = connections / (machines - 1);
  const left = (machines - 1) * assumptions.coresPerMachine;
  const perSecond = ((1 - assumptions.cpuShare) * 1e6) / costs.connectUs;
  return playStorm({ clients: Math.ceil(lost / left), perSecond, seed });
}

interface StormSize {
  readonly connections: number;
  readonly machines: number;
}

function seconds(value: number | undefined): string {
  return value === undefined ? "more than 600 s" : `${figure(value)} s`;
}

/** All processes, so many at a time. */
export function deploySeconds(processes: number): number {
  const { graceSeconds, spreadSeconds, startSeconds, deployShare } = assumptions;
  const atOnce = Math.max(1, Math.floor(processes * deployShare));
  return Math.ceil(processes / atOnce) * (graceSeconds + spreadSeconds + startSeconds);
}

/** Above 1 it is over. */
function ofLimit(value: number, limit: number): string {
  return `${value < 100 ? figure(value) : whole(value)} (${figure(value / limit)} ×)`;
}

function limitRows(): readonly Row[] {
  const { hardFiles, proxyPorts, redisClients, networkGbit } = assumptions;
  return [
    [
      `files of a process, of ${whole(hardFiles)}`,
      ({ deployment }) =>
        ofLimit(deployment.connectionsPerProcess + assumptions.ownFiles, hardFiles),
    ],
    [
      `ports of a proxy towards a process, of ${whole(proxyPorts)}`,
      ({ deployment }) => ofLimit(deployment.connectionsPerProcess, proxyPorts),
    ],
    ["core of one Redis, of 1", ({ deployment }) => `${figure(deployment.engineCores)} ×`],
    [
      `connections of one Redis, of ${whole(redisClients)}`,
      ({ deployment }) => ofLimit(deployment.processes * 2, redisClients),
    ],
    [
      `network of one Redis, Gbit/s of ${networkGbit}`,
      ({ deployment }) => ofLimit(deployment.engineGbit, networkGbit),
    ],
    [
      `network of a machine, Gbit/s of ${networkGbit}`,
      ({ deployment: { clientGbit, machines } }) =>
        ofLimit(clientGbit / (machines - 1), networkGbit),
    ],
    ["a machine dies: 99 of 100 are back after", ({ storm }) => seconds(storm.mostSeconds)],
    ["… all are back after", ({ storm }) => seconds(storm.allSeconds)],
    [
      "a deploy, all processes",
      ({ deployment }) => `${figure(deploySeconds(deployment.processes) / 60)} min`,
    ],
  ];
}

/** What belongs between the marks of the page. */
export function planText(costs: Costs): string {
  const { coresPerMachine, memoryGiB, networkGbit } = assumptions;
  const measured = [
    "### What it costs",
    conditions(costs),
    connectionTable(costs),
    "In µs of CPU time:",
    passageTable(costs, "live"),
    passageTable(costs, "log"),
    "### What people do",
    workloadTable(),
    `A ping and its answer take ${pingBytes()} bytes. Machines have ${coresPerMachine} cores, ${memoryGiB} GiB and ${networkGbit} Gbit/s.`,
  ];
  const bySize = sizes.flatMap((connections) => {
    const all = planned(costs, connections);
    return [
      `### ${whole(connections)} connections`,
      byWorkload(all, sizeRows),
      "What breaks first, where a number above 1 × is over the limit:",
      byWorkload(all, limitRows()),
    ];
  });
  return [...measured, ...bySize].join("\n\n");
}

/** The pages with the plan of these costs. @throws Error when the marks are not there */
export async function writePlan(costs: Costs): Promise<void> {
  await writeBetween("scaling", marks, planText(costs));
}
