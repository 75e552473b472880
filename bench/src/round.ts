/** One measurement: a fresh server of a peer, the loads of a case on it, and what came of them. */
import type { Program } from "./children.ts";
import type { Case } from "./cases.ts";
import { gatherCompany } from "./company.ts";
import type { Company } from "./company.ts";
import type { Cores } from "./cores.ts";
import { shortPingMs } from "./hub-cases.ts";
import type { Generator, LoadOutcome } from "./generator.ts";
import type { LoadResult, LoadSettings } from "./load-settings.ts";
import type { Peer } from "./peers.ts";
import { startServer } from "./peer-server.ts";
import type { PeerServer } from "./peer-server.ts";

export interface Timing {
  readonly seconds: number;
  readonly warmup: number;
}

export interface Sample {
  /** In the unit of the case. */
  readonly cost: number;
  /** The cost over that of the case's `compared` load. */
  readonly growth?: number;
  readonly load: LoadResult;
  /** At a fixed rate that is the same for all peers. */
  readonly equalLoad?: LoadResult;
}

export type Measured =
  | { readonly sample: Sample; readonly problem?: undefined }
  | { readonly problem: string; readonly sample?: undefined };

/** Of the warm-up's length: what a server uses of its core when a load leaves it some idle time. */
const warmUpShare = 0.6;

/** Before latency at equal load is measured: the server is warm by then. */
const settlingSeconds = 0.3;

export interface RoundParts {
  readonly program: Program;
  readonly peer: Peer;
  readonly case: Case;
  readonly generator: Generator;
  readonly cores: Cores;
  readonly timing: Timing;
  /** Messages per second for latency at equal load; without it that is not measured. */
  readonly rate: number | undefined;
}

/** Measures once. Rejects when the server does not start. */
export async function measure(parts: RoundParts): Promise<Measured> {
  const { case: subject, peer, program, cores } = parts;
  // What a hub has beyond a broadcast is seen when the same bytes are sent without one.
  const service = peer.services.includes(subject.service) ? subject.service : "fanout";
  const args = [...program.args, service];
  if ((subject.load.deflate ?? "none") !== "none") args.push("deflate");
  const { carrier = "tcp" } = subject.load;
  if (carrier !== "tcp") args.push(carrier);
  const { broker } = peer;
  const company =
    subject.hub === undefined || broker === undefined
      ? undefined
      : await gatherCompany({ broker, terms: subject.hub, program, cores });
  try {
    if (company !== undefined) args.push(company.settings);
    const server = await startServer(cores.server({ command: program.command, args }));
    try {
      return await measureOn({ server, company }, parts, service);
    } finally {
      await server.stop();
    }
  } finally {
    await company?.stop();
  }
}

/** What is measured, and what it has around it. */
interface Rig {
  readonly server: PeerServer;
  readonly company: Company | undefined;
}

async function measureOn(
  { server, company }: Rig,
  parts: RoundParts,
  service: Case["service"],
): Promise<Measured> {
  const { case: subject, peer, generator, timing } = parts;
  const { port } = server;
  const pid = company?.measuredPid ?? server.pid;
  const publisherPort = company?.publisherPort;
  const runLoad = (load: LoadSettings): Promise<LoadOutcome> => {
    const settings = {
      raw: peer.raw ? 1 : 0,
      ...timing,
      ...load,
      ...(publisherPort !== undefined && { publisherPort }),
    } as const;
    return generator.run(settings, { port, pid });
  };
  const load = service === subject.service ? subject.load : withoutHub(subject.load);
  if (load.mode === "idle") {
    // Code is compiled and tables have their size before memory is counted.
    const warmUp = await runLoad({
      ...load,
      ...timing,
      mode: "connect",
      connections: 32,
      collect: 0,
    });
    if (warmUp.problem !== undefined) return { problem: warmUp.problem };
  }
  const { warmup } = timing;
  // Code has to be compiled before it counts, which takes CPU time rather than time.
  const cold = { warmCpu: warmup * warmUpShare };
  // Before two loads are compared, code is compiled: the first load is run once more than it counts.
  if (subject.compared !== undefined) await runLoad({ ...subject.compared, ...cold });
  const main = await runLoad({ ...load, ...cold });
  if (main.problem !== undefined) return { problem: main.problem };
  const compared = subject.compared && (await runLoad(subject.compared));
  if (compared?.problem !== undefined) return { problem: compared.problem };
  const { rate } = parts;
  const settled = Math.min(warmup, settlingSeconds);
  const equal = rate === undefined ? undefined : await runLoad({ ...load, rate, warmup: settled });
  if (equal?.problem !== undefined) return { problem: `at equal load: ${equal.problem}` };
  const cost = costOf(main.result, { unit: subject.unit, load });
  return {
    sample: {
      cost,
      load: main.result,
      ...(compared && { growth: cost / costOf(compared.result, { unit: subject.unit, load }) }),
      ...(equal && { equalLoad: equal.result }),
    },
  };
}

function withoutHub(load: LoadSettings): LoadSettings {
  const hubs = ["hello", "welcome", "publisherPath"];
  const rest = Object.entries(load).filter(([name]) => !hubs.includes(name));
  return Object.fromEntries(rest) as unknown as LoadSettings;
}

function costOf(
  result: LoadResult,
  { unit, load: { mode, connections } }: Pick<Case, "unit" | "load">,
): number {
  if (mode !== "idle") return result.serverCpuUs;
  if (unit === "µs/ping") return (result.serverUtilization * 1000 * shortPingMs) / connections;
  const after = result.rssCollectedKib >= 0 ? result.rssCollectedKib : result.rssOpenKib;
  return ((after - result.rssBeforeKib) * 1024) / connections;
}
