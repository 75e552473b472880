/** What a run of `tautline bench` has found: what every form of the report is made from. */
import type { Bar, Histogram } from "./histogram.ts";

export interface BenchPlan {
  readonly url: URL;
  readonly connections: number;
  /** Messages in a second, of all connections together. Undefined: as fast as the echoes come. */
  readonly rate: number | undefined;
  /** Bytes of a message. */
  readonly size: number;
  readonly durationMs: number;
  /** Over which the connections are opened. */
  readonly rampMs: number;
}

/** One span of the run. */
export interface Span {
  /** Since the load began. */
  readonly atMs: number;
  readonly echoesPerSecond: number;
  /** In microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** In microseconds. */
export interface LatencyFigures {
  readonly least: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly most: number;
}

export interface BenchResult {
  readonly plan: BenchPlan;
  readonly startedAt: Date;
  /** Of the load, without the ramp. */
  readonly durationMs: number;
  readonly opened: number;
  /** Why connections could not be opened, or were lost, and how often. */
  readonly failures: Readonly<Record<string, number>>;
  readonly sent: number;
  readonly echoed: number;
  /** Sent and never answered. */
  readonly unanswered: number;
  /** Due and not sent, because the server held the load back. */
  readonly unsent: number;
  readonly latency: LatencyFigures;
  readonly bars: readonly Bar[];
  /** Shares such as 0.99, and their latency. */
  readonly quantiles: readonly (readonly [share: number, us: number])[];
  readonly spans: readonly Span[];
}

export function latencyOf(histogram: Histogram): LatencyFigures {
  return {
    least: histogram.least,
    mean: histogram.mean,
    p50: histogram.quantile(0.5),
    p90: histogram.quantile(0.9),
    p99: histogram.quantile(0.99),
    p999: histogram.quantile(0.999),
    most: histogram.most,
  };
}

const shownShares = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 1];

export function quantilesOf(histogram: Histogram): BenchResult["quantiles"] {
  return shownShares.map((share) => [share, histogram.quantile(share)]);
}

/** Whether all went as planned: what is measured otherwise says little. */
export function wentWell({ opened, plan, failures, unanswered, echoed }: BenchResult): boolean {
  const failed = Object.keys(failures).length > 0;
  return opened === plan.connections && !failed && unanswered === 0 && echoed > 0;
}
