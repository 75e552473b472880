/**
 * How many processes and machines a workload takes: the fewest with which every process stays within its share of a core,
 * of memory and of the network. Subscribers of a channel are taken to be spread over processes by chance, which is what load
 * balancers without sticky sessions do.
 */
import { assumptions } from "./assumptions.ts";
import type { Costs } from "./costs.ts";
import type { Workload } from "./workloads.ts";

export type EngineWay = "redis" | "nats";

export interface PlanTerms {
  readonly workload: Workload;
  readonly connections: number;
  readonly engine: EngineWay;
  readonly costs: Costs;
}

export type Bound = "CPU" | "memory" | "network" | "files";

export interface Deployment {
  readonly processes: number;
  /** One more than needed, so that one may die. */
  readonly machines: number;
  /** What asks for so many processes. */
  readonly bound: Bound;
  readonly connectionsPerProcess: number;
  /** Of one process: parts of a core, by what they go to. */
  readonly cpu: Readonly<Record<"deliveries" | "publications" | "pings" | "comings", number>>;
  readonly memoryGiBPerMachine: number;
  readonly publications: number;
  readonly deliveries: number;
  /** Processes that a publication reaches. */
  readonly reached: number;
  /** From all machines to clients, in Gbit/s. */
  readonly clientGbit: number;
  /** From the engine to processes, in Gbit/s. */
  readonly engineGbit: number;
  /** The engine's cores that publications take, at full use. */
  readonly engineCores: number;
  /** Redis primaries, or NATS servers, within their share. */
  readonly engines: number;
}

const bitsPerGbit = 1e9;
const bytesPerGiB = 2 ** 30;
const bytesPerMiB = 2 ** 20;
/** Beyond that no answer is looked for. */
const mostProcesses = 1_000_000;

/** Bytes that a publication takes as the hub sends it, in JSON, with headers of WebSocket, TLS and TCP. */
export function deliveryBytes({ payloadBytes, history }: Workload): number {
  const envelope = '{"push":{"channel":"0123456789ab","pub":{"data":""}}}'.length;
  const offset = history ? ',"offset":123456'.length : 0;
  const message = payloadBytes + envelope + offset;
  const header = message < 126 ? 2 : 4;
  return message + header + assumptions.tlsBytes + assumptions.packetBytes;
}

/** A ping and its answer: `{}` in a frame each, which the client masks. */
export function pingBytes(): number {
  const around = assumptions.tlsBytes + assumptions.packetBytes;
  return 2 + 2 + around + (2 + 6 + around);
}

/** Of so many processes, how many have one of the subscribers at least. */
export function reachedProcesses(processes: number, fanout: number): number {
  return processes * (1 - (1 - 1 / processes) ** fanout);
}

interface ProcessLoad {
  readonly cpu: Deployment["cpu"];
  readonly bytes: number;
  readonly gbit: number;
  readonly files: number;
}

function loadOf(
  { workload, connections, engine, costs }: PlanTerms,
  processes: number,
): ProcessLoad {
  const passage = (workload.history ? costs.log : costs.live)[engine];
  const own = connections / processes;
  const publications = workload.publications(connections);
  const fanout = workload.fanout(connections);
  const deliveries = (publications * fanout) / processes;
  const heard = (publications * reachedProcesses(processes, fanout)) / processes;
  const pings = own / assumptions.pingSeconds;
  const further = Math.max(0, deliveries - heard);
  const perSecond = {
    // The first delivery is in what receiving costs.
    deliveries: further * passage.deliverUs,
    publications: (publications / processes) * passage.publishUs + heard * passage.receiveUs,
    pings: pings * costs.pingUs,
    comings: (own / assumptions.connectionSeconds) * costs.connectUs,
  };
  const { deliveries: first, publications: second, pings: third, comings } = perSecond;
  const subscriptions = (workload.subscriptions - 1) * costs.subscriptionBytes;
  const bytesPerSecond = deliveries * deliveryBytes(workload) + pings * pingBytes();
  return {
    cpu: {
      deliveries: first / 1e6,
      publications: second / 1e6,
      pings: third / 1e6,
      comings: comings / 1e6,
    },
    bytes: own * (costs.connectionBytes + subscriptions) + assumptions.processMiB * bytesPerMiB,
    gbit: (bytesPerSecond * 8) / bitsPerGbit,
    files: own + assumptions.ownFiles,
  };
}

/** What of a process is used, each as a part of what is planned for it: above 1 is too much. */
function uses(load: ProcessLoad): Record<Bound, number> {
  const { coresPerMachine, memoryGiB, memoryShare, networkGbit, networkShare } = assumptions;
  const cpu = Object.values(load.cpu).reduce((sum, part) => sum + part);
  return {
    CPU: cpu / assumptions.cpuShare,
    memory: load.bytes / ((memoryGiB * bytesPerGiB * memoryShare) / coresPerMachine),
    network: load.gbit / ((networkGbit * networkShare) / coresPerMachine),
    files: load.files / assumptions.hardFiles,
  };
}

function worst(used: Record<Bound, number>): Bound {
  const bounds = Object.entries(used) as [Bound, number][];
  return bounds.reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}

/** @throws RangeError when no number of processes is enough: each hears more than it can take */
export function plan(terms: PlanTerms): Deployment {
  const { workload, connections, engine, costs } = terms;
  const fits = (processes: number): boolean =>
    Math.max(...Object.values(uses(loadOf(terms, processes)))) <= 1;
  let [below, enough] = [0, 1];
  while (!fits(enough)) {
    [below, enough] = [enough, enough * 2];
    if (enough > mostProcesses) {
      throw new RangeError(`${workload.name}: a process cannot take what all of them hear`);
    }
  }
  while (enough - below > 1) {
    const middle = Math.floor((below + enough) / 2);
    if (fits(middle)) enough = middle;
    else below = middle;
  }
  const bound = worst(uses(loadOf(terms, below || 1)));
  const needed = Math.ceil(enough / assumptions.coresPerMachine);
  const processes = needed * assumptions.coresPerMachine;
  const load = loadOf(terms, processes);
  const publications = workload.publications(connections);
  const fanout = workload.fanout(connections);
  const reached = reachedProcesses(processes, fanout);
  const { carryUs } = (workload.history ? costs.log : costs.live)[engine];
  const engineCores = (publications * (carryUs + costs.copyUs[engine] * (reached - 1))) / 1e6;
  const cores = engine === "redis" ? 1 : assumptions.natsCores;
  const copyBytes = workload.payloadBytes + assumptions.packetBytes;
  return {
    processes,
    machines: needed + 1,
    bound,
    connectionsPerProcess: connections / processes,
    cpu: load.cpu,
    memoryGiBPerMachine: (load.bytes * assumptions.coresPerMachine) / bytesPerGiB,
    publications,
    deliveries: publications * fanout,
    reached,
    clientGbit: load.gbit * processes,
    engineGbit: (publications * reached * copyBytes * 8) / bitsPerGbit,
    engineCores,
    engines: Math.max(1, Math.ceil(engineCores / (cores * assumptions.engineShare))),
  };
}
