/** What was measured on: hardware, system, limits, and how busy others kept it meanwhile. */
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";

export interface MachineState {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Processes that wanted to run, before the run: a mean of the last minute. */
  readonly loadBefore: number;
  /** CPU time of others while it was measured, in cores: median and most. */
  readonly othersCpu?: { readonly median: number; readonly max: number };
}

export function describeMachine(): MachineState {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? "unknown",
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().replace(/-.*/u, "")}`,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** How many files a process may have open at most; undefined where the system does not say. */
export function openFilesLimit(): number | undefined {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    const hard = /^Max open files\s+\S+\s+(\S+)/mu.exec(limits)?.[1];
    return hard === undefined || hard === "unlimited" ? undefined : Number(hard);
  } catch {
    return undefined;
  }
}
