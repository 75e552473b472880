/** How late the event loop is, measured only while somebody wants to know. */
import { monitorEventLoopDelay } from "node:perf_hooks";

export interface LoopDelay {
  /** Milliseconds beyond what a timer was set to. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const resolutionMs = 10;

export class EventLoop {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs });

  start(): void {
    this.#histogram.reset();
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram.disable();
  }

  /** Since the last time it was taken. */
  take(): LoopDelay {
    const { max } = this.#histogram;
    const delay = {
      p50: beyond(this.#histogram.percentile(50)),
      p99: beyond(this.#histogram.percentile(99)),
      max: beyond(max),
    };
    this.#histogram.reset();
    return delay;
  }
}

/** Milliseconds beyond the timer that is measured with; none when nothing was measured. */
function beyond(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1_000_000 - resolutionMs) || 0;
}
