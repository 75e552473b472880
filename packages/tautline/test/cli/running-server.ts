/** `tautline serve` inside a test, until the test is over. */
import { onTestFinished } from "vitest";

import { runProgram } from "../../src/cli/main.ts";
import { FakeTerminal } from "./fake-terminal.ts";

export interface RunningServer {
  readonly terminal: FakeTerminal;
  /** The address of its page. */
  readonly origin: string;
  /** The address of its hub. */
  readonly url: string;
  /** The address of its internal port, when it has one. */
  readonly internal: string | undefined;
}

export async function serve(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<RunningServer> {
  const terminal = new FakeTerminal({ env });
  const ended = runProgram(["serve", "--port", "0", ...args], terminal);
  onTestFinished(async () => {
    terminal.signal("SIGTERM");
    await ended;
  });
  const failed = ended.then(() => {
    throw new Error(`it has ended:\n${terminal.err}`);
  });
  await Promise.race([terminal.printed("Ctrl-C stops"), failed]);
  const found = (pattern: RegExp) => pattern.exec(terminal.out)?.[1];
  return {
    terminal,
    origin: found(/(?:Page|Server)\s+(http:\S+)/u) ?? "",
    url: found(/(ws:\/\/\S+\/connection\/websocket)/u) ?? "",
    internal: found(/Internal\s+(http:\S+)/u),
  };
}
