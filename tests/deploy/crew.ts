/** `tautline serve --workers 2` for a test: where it is, and which processes it has. It ends with the test. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { onTestFinished } from "vitest";

import { Program } from "../cli/program.ts";

export interface Crew {
  readonly program: Program;
  /** As in `http://localhost:1234`. */
  readonly url: string;
  readonly port: number;
  /** The internal port, likewise; "" when there is none. */
  readonly inside: string;
}

export async function startCrew(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Crew> {
  const program = Program.tautline(
    ["serve", "--port", "0", "--workers", "2", "--no-page", ...args],
    env,
  );
  onTestFinished(() => program.stop());
  const [, url = "", port = ""] = await program.printed(/(http:\/\/localhost:(\d+))/u);
  await program.printed(/Ctrl-C stops/u);
  const [, inside = ""] = /Internal +(http:\S+)/u.exec(program.stdout) ?? [];
  return { program, url, port: Number(port), inside };
}

/** The processes that this one has started. */
export async function workersOf({ program }: Crew): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/u).map(Number))
    .filter(([, parent]) => parent === program.pid)
    .map(([pid = 0]) => pid);
}
