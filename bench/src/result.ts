/** What a run has found: the samples and what they come to. This is what is written as JSON. */
import type { Case } from "./cases.ts";
import type { MachineState } from "./machine.ts";
import type { Sample, Timing } from "./round.ts";
import { spread } from "./statistics.ts";
import type { Spread } from "./statistics.ts";

export interface PeerResult {
  readonly peer: string;
  readonly title: string;
  /** In the case's unit. Absent when no round succeeded. */
  readonly cost?: Spread;
  readonly growth?: Spread;
  readonly perSecond?: Spread;
  readonly p50Us?: Spread;
  readonly p99Us?: Spread;
  readonly p99UsAtEqualLoad?: Spread;
  /** The server's, 1 is one core. */
  readonly utilization?: number;
  /** The generator was the bottleneck: throughput and latency are its own, the cost is not. */
  readonly generatorBound: boolean;
  readonly problems: readonly string[];
  readonly samples: readonly Sample[];
}

export interface CaseResult {
  readonly id: string;
  readonly group: Case["group"];
  readonly title: string;
  readonly unit: Case["unit"];
  /** Messages per second at equal load, where that was measured. */
  readonly rate?: number;
  readonly peers: readonly PeerResult[];
}

export interface RunResult {
  readonly version: 1;
  readonly date: string;
  readonly command: string;
  readonly rounds: number;
  readonly timing: Timing;
  readonly machine: MachineState;
  readonly generator: { readonly kind: "c" | "node"; readonly note?: string };
  readonly cores: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly leftOut: readonly { readonly peer: string; readonly reason: string }[];
  readonly notes: readonly string[];
  readonly cases: readonly CaseResult[];
}

interface PeerSamples {
  readonly peer: string;
  readonly title: string;
  readonly samples: readonly Sample[];
  readonly problems: readonly string[];
}

export function summarize({ peer, title, samples, problems }: PeerSamples): PeerResult {
  const named = { peer, title, problems, samples };
  if (samples.length === 0) return { ...named, generatorBound: false };
  const of = (value: (sample: Sample) => number): Spread => spread(samples.map(value));
  const growth = samples.flatMap((sample) => sample.growth ?? []);
  const equal = samples.flatMap((sample) => sample.equalLoad?.p99Us ?? []);
  const utilization = of(({ load }) => load.serverUtilization).median;
  const work = of(({ load }) => load.generatorWork).median;
  return {
    ...named,
    cost: of(({ cost }) => cost),
    ...(growth.length > 0 && { growth: spread(growth) }),
    perSecond: of(({ load }) => load.perSecond),
    p50Us: of(({ load }) => load.p50Us),
    p99Us: of(({ load }) => load.p99Us),
    ...(equal.length > 0 && { p99UsAtEqualLoad: spread(equal) }),
    utilization,
    generatorBound: work > 0.9 && utilization < 0.9,
  };
}

/** The median of a peer over that of another, or undefined where one of them has none. */
export function ratio(
  result: CaseResult,
  { of, to }: { readonly of: string; readonly to: string },
  value: (peer: PeerResult) => Spread | undefined = ({ cost }) => cost,
): number | undefined {
  const find = (name: string): number | undefined => {
    const peer = result.peers.find(({ peer }) => peer === name);
    return peer && value(peer)?.median;
  };
  const [above, below] = [find(of), find(to)];
  return above === undefined || below === undefined || below === 0 ? undefined : above / below;
}
