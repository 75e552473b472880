/** What a run has come to for each transport, and what the page shows of it while it goes on. */
import type { Point } from "../../charts/points.ts";
import type { ClockOffset } from "./clock-offset.ts";
import type { LabFault } from "./lab-control.ts";
import type { LabSettings } from "./lab-settings.ts";
import type { CpuFigures } from "./server-message.ts";
import type { PerTransport, Transport } from "./transports.ts";
import { forEachTransport } from "./transports.ts";

export interface TransportResult {
  readonly created: number;
  readonly delivered: number;
  readonly medianMs: number | undefined;
  readonly p99Ms: number | undefined;
  readonly requests: number;
  readonly received: number;
  readonly sent: number;
  /** Of the server; known of runs in turns. */
  readonly cpuMs: number | undefined;
  /** What has broken it, in as many words as there were. */
  readonly problem: string | undefined;
}

export interface LabLines {
  readonly latency: PerTransport<readonly Point[]>;
  readonly bytes: PerTransport<readonly Point[]>;
  readonly requests: PerTransport<readonly Point[]>;
}

export type LabPhase = "idle" | "opening" | "running" | "settling" | "done" | "stopped" | "failed";

export interface LabView {
  readonly phase: LabPhase;
  /** What the figures were measured with. */
  readonly settings: LabSettings;
  /** When it began, in milliseconds since 1970; 0 before. */
  readonly startedAt: number;
  /** The transport whose turn it is. */
  readonly turn: Transport | undefined;
  /** From 0 to 1. */
  readonly progress: number;
  readonly clock: ClockOffset | undefined;
  readonly fault: LabFault | undefined;
  readonly results: PerTransport<TransportResult>;
  readonly lines: LabLines;
}

const nothing: TransportResult = {
  created: 0,
  delivered: 0,
  medianMs: undefined,
  p99Ms: undefined,
  requests: 0,
  received: 0,
  sent: 0,
  cpuMs: undefined,
  problem: undefined,
};

const noPoints: PerTransport<readonly Point[]> = forEachTransport(() => []);

/** Before a run with these settings. */
export function emptyView(settings: LabSettings): LabView {
  return {
    phase: "idle",
    settings,
    startedAt: 0,
    turn: undefined,
    progress: 0,
    clock: undefined,
    fault: undefined,
    results: forEachTransport(() => nothing),
    lines: { latency: noPoints, bytes: noPoints, requests: noPoints },
  };
}

/** The list with a point more for one transport. */
export function withPointOf(
  points: PerTransport<readonly Point[]>,
  transport: Transport,
  point: Point,
): PerTransport<readonly Point[]> {
  return { ...points, [transport]: [...points[transport], point] };
}

/** The processor time of a run less what the process has used in a lull before it, and never below nothing. */
export function cpuAbove(lull: CpuFigures, run: CpuFigures): number {
  const idle = lull.wallMs > 0 ? (lull.cpuMs / lull.wallMs) * run.wallMs : 0;
  return Math.max(0, run.cpuMs - idle);
}

/** Bytes in both directions for each update that has arrived; `undefined` before the first. */
export function bytesPerUpdate({ delivered, received, sent }: TransportResult): number | undefined {
  return delivered === 0 ? undefined : (received + sent) / delivered;
}
