/** A whole run: every case, each round through all peers in turn. */
import type { Case } from "./cases.ts";
import type { Program } from "./children.ts";
import type { Request } from "./command-line.ts";
import type { Cores } from "./cores.ts";
import type { Generator } from "./generator.ts";
import { openFilesLimit } from "./machine.ts";
import { serves } from "./peers.ts";
import type { Peer } from "./peers.ts";
import { summarize } from "./result.ts";
import type { CaseResult } from "./result.ts";
import { measure } from "./round.ts";
import type { Sample } from "./round.ts";
import { progress } from "./terminal.ts";

export interface Runner {
  readonly peer: Peer;
  readonly program: Program;
}

export interface Plan {
  readonly request: Request;
  readonly runners: readonly Runner[];
  readonly generator: Generator;
  readonly cores: Cores;
}

/** Files that a server has open besides its connections. */
const otherFiles = 200;
/** Latency at equal load is measured in the first rounds only: it takes as long as all the rest of a round. */
const equalLoadRounds = 3;
/** Of the base's throughput: what every server can carry, and far from idle. */
const equalLoadShare = 0.5;

interface Collected {
  readonly samples: Sample[];
  readonly problems: string[];
}

/** As many connections as the system lets one process have, and a sentence when that is fewer than wanted. */
export function fitConnections(subject: Case): { case: Case; note?: string } {
  const limit = openFilesLimit();
  const { connections } = subject.load;
  if (limit === undefined || connections + otherFiles <= limit) return { case: subject };
  const fewer = limit - otherFiles;
  return {
    case: { ...subject, load: { ...subject.load, connections: fewer } },
    note: `${subject.id}: ${fewer} connections instead of ${connections}, as many as open files are allowed (ulimit -n)`,
  };
}

/** Runs a case; undefined when no peer serves it. */
export async function runCase(subject: Case, plan: Plan): Promise<CaseResult | undefined> {
  const { request, generator, cores } = plan;
  const runners = plan.runners.filter(({ peer }) => serves(peer, subject));
  if (runners.length === 0) return undefined;
  const collected = new Map<Peer, Collected>(
    runners.map(({ peer }) => [peer, { samples: [], problems: [] }]),
  );
  let rate: number | undefined;
  const rounds = Math.min(request.rounds, subject.maxRounds ?? Infinity);
  for (let round = 1; round <= rounds; round += 1) {
    for (const { peer, program } of runners) {
      const { samples, problems } = collected.get(peer) as Collected;
      // A server that fails twice is not going to succeed.
      if (problems.length > 1) continue;
      progress(`${subject.title}: round ${round} of ${rounds}, ${peer.title} …`);
      const parts = { program, peer, case: subject, generator, cores, timing: request.timing };
      const wantsRate = subject.equalLoad && request.equalLoad && round <= equalLoadRounds;
      if (wantsRate && rate === undefined) {
        // The first to be measured sets the rate for all.
        const { sample } = await attempt(() => measure({ ...parts, rate: undefined }));
        if (sample !== undefined) rate = Math.round(sample.load.perSecond * equalLoadShare);
      }
      const ownRate = wantsRate ? rate : undefined;
      const { sample, problem } = await attempt(() => measure({ ...parts, rate: ownRate }));
      if (sample !== undefined) samples.push(sample);
      if (problem !== undefined) problems.push(problem);
    }
  }
  return {
    id: subject.id,
    group: subject.group,
    title: subject.title,
    unit: subject.unit,
    ...(rate !== undefined && { rate }),
    peers: runners.map(({ peer }) =>
      summarize({ peer: peer.name, title: peer.title, ...(collected.get(peer) as Collected) }),
    ),
  };
}

async function attempt(action: () => ReturnType<typeof measure>): ReturnType<typeof measure> {
  try {
    return await action();
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
