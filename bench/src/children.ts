/** Programs started here, so that none outlives this one whatever ends it. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";

const running = new Set<ChildProcess>();

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
}

/** Starts a program with pipes on its standard input, output and error. */
export function start({ command, args }: Program, cwd?: string) {
  const child = spawn(command, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  child.once("close", () => running.delete(child));
  child.stdin.on("error", () => undefined);
  return child;
}

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program to its end. Rejects when it cannot be started. */
export function runToEnd(program: Program, cwd?: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = start(program, cwd);
    let output = "";
    let errors = "";
    child.stdout.on("data", (text: Buffer) => (output += text.toString()));
    child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output, errors }));
  });
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    for (const child of running) child.kill("SIGKILL");
    process.exit(signal === "SIGINT" ? 130 : 143);
  });
}
