/** Waits for a client that echoes and plays the cases to it, one connection each. */
import { reportOn } from "../../conformance/case-report.ts";
import type { CaseReport } from "../../conformance/case-report.ts";
import { CaseServer } from "../../conformance/case-server.ts";
import type { ClientOpeningCase } from "../../conformance/client-opening/client-opening-case.ts";
import { clientOpeningReport } from "../../conformance/client-opening/client-opening-report.ts";
import type { ConformanceCase } from "../../conformance/conformance-case.ts";
import type { TesterTimes } from "../../conformance/tester.ts";
import { printable } from "../printable.ts";
import type { Terminal } from "../terminal.ts";
import type { Run } from "./run.ts";

export interface ClientRun {
  readonly cases: readonly ConformanceCase[];
  readonly openings: readonly ClientOpeningCase[];
  readonly times: TesterTimes;
  readonly host: string;
  readonly port: number;
  /** How long no client may come before the run is over, in milliseconds. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
}

/**
 * @returns the address that was listened on
 * @throws Error when the port cannot be had
 */
export async function runClient(
  { cases, openings, times, host, port, idleMs, signal }: ClientRun,
  run: Run,
  terminal: Terminal,
): Promise<string> {
  const over = new AbortController();
  const finish = (): void => over.abort();
  const idle = setTimeout(finish, idleMs);
  signal.addEventListener("abort", finish);
  const report = (one: CaseReport): void => {
    idle.refresh();
    run.played(one);
    if (run.isComplete) finish();
  };
  const server = new CaseServer({
    cases,
    openings,
    times,
    inTurn: true,
    onBegun: () => idle.refresh(),
    onPlayed: (row, played) => report(reportOn(row, played)),
    onOpening: (row, playing) =>
      void playing.then((seen) => report(clientOpeningReport(row, seen))),
    onDone: finish,
  });
  try {
    const address = await listen(server, port, host);
    terminal.stderr.write(invitation(address, cases.length + openings.length));
    await new Promise<void>((resolve) => {
      if (over.signal.aborted || signal.aborted) resolve();
      else over.signal.addEventListener("abort", () => resolve());
    });
    return address;
  } finally {
    clearTimeout(idle);
    await server.close();
  }
}

async function listen(server: CaseServer, port: number, host: string): Promise<string> {
  try {
    return await server.listen(port, host);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const what =
      code === "EADDRINUSE"
        ? `port ${port} is taken. Choose another: --port ${port > 65_000 ? 9001 : port + 1}`
        : `cannot listen on ${printable(host)} port ${port} (${code})`;
    throw new Error(what, { cause: error });
  }
}

function invitation(address: string, count: number): string {
  return [
    `Listening on ${address} for a client that echoes. It may either`,
    `  connect ${count} times to ${address}/, a case each time, or`,
    `  do as with Autobahn's fuzzing server: ${address}/getCaseCount,`,
    `  ${address}/runCase?case=1&agent=name and so on, ${address}/updateReports at the end.`,
    "Ctrl-C ends the run.",
    "",
  ].join("\n");
}
