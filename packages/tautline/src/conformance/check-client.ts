/** Plays cases to a client that echoes, run by the tester's own program: one connection per case, verdicts at the end. */
import { CaseServer } from "./case-server.ts";
import type { TesterVersion } from "./case-server.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { neverOpened } from "./observation.ts";
import { runCases } from "./run-cases.ts";
import type { GradesByCase, RunOptions } from "./run-cases.ts";
import type { TesterTimes } from "./tester.ts";

export interface ClientCheck extends RunOptions {
  /** Connects to `url`, echoes messages, and resolves or rejects when the connection is over. */
  readonly echoAt: (url: string) => Promise<unknown>;
  readonly cases: readonly ConformanceCase[];
  readonly times?: TesterTimes | undefined;
  /** The version of HTTP to be asked in. Default: 1.1. */
  readonly version?: TesterVersion | undefined;
}

export async function checkClient({
  echoAt,
  cases,
  times,
  version,
  ...how
}: ClientCheck): Promise<GradesByCase> {
  const server = new CaseServer({ cases, times, version });
  const url = await server.listen();
  try {
    const play = async (row: ConformanceCase) => {
      const index = cases.indexOf(row) + 1;
      await echoAt(`${url}/runCase?case=${index}&agent=echo`).catch(() => {});
      return (await server.played(row.id)) ?? neverOpened("the client opened no connection");
    };
    return await runCases(cases, play, how);
  } finally {
    await server.close();
  }
}
