/** A whole run: every case in rounds, each through all peers in turn. */
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
import type { Measured, Sample } from "./round.ts";
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
const equalLoadRounds = 2;
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

/** One case on all servers that serve it, round by round. */
export class CaseRun {
  readonly #case: Case;
  readonly #plan: Plan;
  readonly #runners: readonly Runner[];
  readonly #collected: ReadonlyMap<Peer, Collected>;
  #roundsDone = 0;
  #rate: number | undefined;

  constructor(subject: Case, plan: Plan) {
    this.#case = subject;
    this.#plan = plan;
    this.#runners = plan.runners.filter(({ peer }) => serves(peer, subject));
    this.#collected = new Map(
      this.#runners.map(({ peer }) => [peer, { samples: [], problems: [] }]),
    );
  }

  /** Whether a server that takes part serves it. */
  get isServed(): boolean {
    return this.#runners.length > 0;
  }

  /** How often it has been measured. */
  get roundsDone(): number {
    return this.#roundsDone;
  }

  /** Whether another round tells anything. */
  get wantsMore(): boolean {
    return this.isServed && this.#roundsDone < (this.#case.maxRounds ?? Infinity);
  }

  /** What has come of the rounds so far. */
  get result(): CaseResult {
    const { id, group, title, unit } = this.#case;
    const rate = this.#rate;
    const peers = this.#runners.map(({ peer }) =>
      summarize({
        peer: peer.name,
        title: peer.title,
        ...(this.#collected.get(peer) as Collected),
      }),
    );
    return { id, group, title, unit, ...(rate !== undefined && { rate }), peers };
  }

  /** Measures each server once, in turn. */
  async round(): Promise<void> {
    this.#roundsDone += 1;
    for (const runner of this.#runners) {
      const { samples, problems } = this.#collected.get(runner.peer) as Collected;
      // A server that fails twice is not going to succeed.
      if (problems.length > 1) continue;
      progress(`${this.#case.title}: round ${this.#roundsDone}, ${runner.peer.title} …`);
      const { sample, problem } = await this.#measure(runner);
      if (sample !== undefined) samples.push(sample);
      if (problem !== undefined) problems.push(problem);
    }
  }

  async #measure({ peer, program }: Runner): Promise<Measured> {
    const { request, generator, cores } = this.#plan;
    const subject = this.#case;
    const parts = { program, peer, case: subject, generator, cores, timing: request.timing };
    const wantsRate = subject.equalLoad && request.equalLoad && this.#roundsDone <= equalLoadRounds;
    if (wantsRate && this.#rate === undefined) {
      // The first to be measured sets the rate for all.
      const { sample } = await attempt(() => measure({ ...parts, rate: undefined }));
      if (sample !== undefined) this.#rate = Math.round(sample.load.perSecond * equalLoadShare);
    }
    return attempt(() => measure({ ...parts, rate: wantsRate ? this.#rate : undefined }));
  }
}

/**
 * Measures all of `runs`, `rounds` times at most. Without an end one case after the other; with one, round by round, so that each
 * case has as many as the others when the time is over.
 *
 * @param over whether the time is over
 * @param done called when a case has another round, with whether it is the last
 */
export async function runRounds(
  runs: readonly CaseRun[],
  { rounds, over }: { readonly rounds: number; readonly over?: () => boolean },
  done: (run: CaseRun, last: boolean) => void,
): Promise<void> {
  const measureOnce = async (run: CaseRun, round: number): Promise<void> => {
    await run.round();
    done(run, round === rounds || !run.wantsMore);
  };
  if (over === undefined) {
    for (const run of runs) {
      for (let round = 1; round <= rounds && run.wantsMore; round += 1) {
        await measureOnce(run, round);
      }
    }
    return;
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const run of runs) {
      // Every case has one round, however long that takes.
      if (round > 1 && over()) return;
      if (run.wantsMore) await measureOnce(run, round);
    }
  }
}

async function attempt(action: () => Promise<Measured>): Promise<Measured> {
  try {
    return await action();
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
