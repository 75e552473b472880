/** Runs a command to its end inside a test. */
import { runProgram } from "../../src/cli/main.ts";
import { FakeTerminal } from "./fake-terminal.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function run(
  args: readonly string[],
  { env = {}, input = "" }: { env?: Record<string, string>; input?: string } = {},
): Promise<Ran> {
  const terminal = new FakeTerminal({ env });
  terminal.stdin.end(input);
  const code = await runProgram(args, terminal);
  return { code, out: terminal.out, err: terminal.err };
}

/** Each line of an output as JSON. */
export function jsonLines(out: string): unknown[] {
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
