/** What the system knows of the server, of this process and of the machine: CPU time and memory. */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

export interface Usage {
  /** All times in seconds. */
  readonly time: number;
  readonly server: number;
  readonly serverUser: number;
  readonly serverSystem: number;
  readonly own: number;
  readonly machine: number;
  readonly stolen: number;
}

/** USER_HZ, which Linux fixes for programs. */
const ticksPerSecond = 100;

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The sum over threads, in nanoseconds resolution, where Linux keeps it. */
function schedulerSeconds(pid: number): number | undefined {
  let sum = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      sum += Number(read(`/proc/${pid}/task/${thread}/schedstat`)?.split(" ")[0] ?? 0);
    }
  } catch {
    return undefined;
  }
  return sum === 0 ? undefined : sum / 1e9;
}

/** User and system time: proc(5), fields 14 and 15; the second field may contain anything. */
function statSeconds(pid: number): [user: number, system: number] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return [Number(fields[11]) / ticksPerSecond, Number(fields[12]) / ticksPerSecond];
}

/** Where there is no /proc: "[[dd-]hh:]mm:ss.cc" of ps. */
function psSeconds(pid: number): number {
  const text = execFileSync("ps", ["-o", "time=", "-p", `${pid}`], { encoding: "utf8" }).trim();
  return text.split(/[-:]/u).reduce((sum, part) => sum * 60 + Number(part), 0);
}

function machineSeconds(): { machine: number; stolen: number } {
  const fields = read("/proc/stat")?.split("\n", 1)[0]?.trim().split(/\s+/u).slice(1).map(Number);
  if (fields === undefined) return { machine: 0, stolen: 0 };
  const [user = 0, nice = 0, system = 0, , , hard = 0, soft = 0, stolen = 0] = fields;
  return {
    machine: (user + nice + system + hard + soft) / ticksPerSecond,
    stolen: stolen / ticksPerSecond,
  };
}

/** CPU time that a process has used so far. */
export function cpuSeconds(pid: number): number {
  return (
    schedulerSeconds(pid) ?? statSeconds(pid)?.reduce((sum, part) => sum + part) ?? psSeconds(pid)
  );
}

export function usageOf(pid: number): Usage {
  const [serverUser, serverSystem] = statSeconds(pid) ?? [psSeconds(pid), 0];
  const own = process.cpuUsage();
  return {
    time: performance.now() / 1000,
    server: schedulerSeconds(pid) ?? serverUser + serverSystem,
    serverUser,
    serverSystem,
    own: (own.user + own.system) / 1e6,
    ...machineSeconds(),
  };
}

/** Resident memory of a process in KiB. */
export function residentKib(pid: number): number {
  const status = read(`/proc/${pid}/status`);
  if (status !== undefined) return Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1] ?? -1);
  return Number(execFileSync("ps", ["-o", "rss=", "-p", `${pid}`], { encoding: "utf8" }));
}
