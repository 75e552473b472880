/**
 * What the process has used of the processor over a span of time. It is the whole process, whatever it does besides: one run at a
 * time on an otherwise idle server, less what an idle moment before has used, is the cost of the run.
 */
export interface CpuFigures {
  /** Milliseconds of processor time, of all threads, in user and system mode. */
  readonly cpuMs: number;
  /** Milliseconds that went by. */
  readonly wallMs: number;
}

export class CpuWatch {
  readonly #used = process.cpuUsage();
  readonly #startedAt = performance.now();

  /** Since it was made. */
  get figures(): CpuFigures {
    const { user, system } = process.cpuUsage(this.#used);
    return { cpuMs: (user + system) / 1000, wallMs: performance.now() - this.#startedAt };
  }
}
