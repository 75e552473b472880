/**
 * What a measured hub has around it: the engine behind its broker, another hub at which is published, and further
 * listeners. All of them share the generator's core, so that the measured one has its own.
 */
import { join } from "node:path";
import type { Program } from "./children.ts";
import type { Cores } from "./cores.ts";
import { findEngine, startEngine } from "./engines.ts";
import type { EngineName } from "./engines.ts";
import { benchFolder } from "./folders.ts";
import { startServer } from "./peer-server.ts";

export type BrokerName = "memory" | EngineName;

/** How the hubs of a case are set up, and which process of them is measured. */
export interface HubTerms {
  /** The brokers that the case is measured over. */
  readonly over: readonly BrokerName[];
  /** Publications that the channel's log keeps; 0 keeps none. */
  readonly historySize: number;
  /** The hub with the subscribers, the one at which is published, or the engine between them. */
  readonly measured: "receiver" | "publisher" | "engine";
  /** Milliseconds between pings. Default: 25,000. */
  readonly pingIntervalMs?: number;
  /** Servers that hear the channel besides. Default: none. */
  readonly listeners?: number;
}

export interface CompanySetup {
  readonly broker: BrokerName;
  readonly terms: HubTerms;
  /** The measured hub's program: the publishing one is the same. */
  readonly program: Program;
  readonly cores: Cores;
}

export interface Company {
  /** The last argument of a hub that belongs to it. */
  readonly settings: string;
  /** Where is published; absent when it is at the measured hub itself. */
  readonly publisherPort?: number;
  /** Whose CPU time counts; absent when it is the receiving hub's. */
  readonly measuredPid?: number;
  stop(): Promise<void>;
}

const defaultPingMs = 25_000;

export async function gatherCompany(setup: CompanySetup): Promise<Company> {
  const { broker, terms, program, cores } = setup;
  const { historySize, measured, pingIntervalMs = defaultPingMs, listeners = 0 } = terms;
  const common = { broker, historySize, pingIntervalMs, listeners };
  if (broker === "memory") {
    return { settings: JSON.stringify(common), stop: () => Promise.resolve() };
  }
  const found = await findEngine(broker);
  if ("problem" in found) throw new Error(found.problem);
  const keepsLogs = historySize > 0;
  const engine = await startEngine({ name: broker, path: found.path, keepsLogs, cores });
  const settings = JSON.stringify({ ...common, address: engine.address });
  const started: { stop(): Promise<void> }[] = [engine];
  const stop = async (): Promise<void> => {
    for (const one of started.toReversed()) await one.stop();
  };
  const run = async ({ command, args }: Program): Promise<{ port: number; pid: number }> => {
    const server = await startServer(cores.generator({ command, args: [...args, settings] }));
    started.push(server);
    return server;
  };
  try {
    const publisher = await run(program);
    if (listeners > 0) {
      const file = join(benchFolder, "peers", "listeners.mjs");
      await run({ command: process.execPath, args: [file] });
    }
    const pids = { publisher: publisher.pid, engine: engine.pid };
    return {
      settings,
      publisherPort: publisher.port,
      ...(measured !== "receiver" && { measuredPid: pids[measured] }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
