/** Keeps the server and the generator on a core each, where `taskset` can. */
import { spawnSync } from "node:child_process";
import type { Program } from "./children.ts";

export interface Cores {
  /** A sentence for the report. */
  readonly text: string;
  readonly pinned: boolean;
  server(program: Program): Program;
  generator(program: Program): Program;
}

/** "0,2-3" as [0, 2, 3]. */
function parseList(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [first = NaN, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function allowedCores(): number[] {
  const { status, stdout } = spawnSync("taskset", ["-pc", `${process.pid}`], { encoding: "utf8" });
  const list = status === 0 ? /: ([\d,-]+)\s*$/u.exec(stdout)?.[1] : undefined;
  return list === undefined ? [] : parseList(list);
}

function pinTo(core: number): (program: Program) => Program {
  return ({ command, args }) => ({ command: "taskset", args: ["-c", `${core}`, command, ...args] });
}

function leave(program: Program): Program {
  return program;
}

export function findCores(): Cores {
  const [server, generator] = allowedCores();
  if (server === undefined || generator === undefined) {
    const text = "server and generator are where the system puts them (no taskset, or one core)";
    return { text, pinned: false, server: leave, generator: leave };
  }
  return {
    text: `server on core ${server}, generator on core ${generator} (taskset)`,
    pinned: true,
    server: pinTo(server),
    generator: pinTo(generator),
  };
}
