/** Plays the cases about the opening handshake to a client run by the tester's own program, one connection per case. */
import type { CaseReport } from "../case-report.ts";
import { CaseServer } from "../case-server.ts";
import type { TesterTimes } from "../tester.ts";
import type { ClientOpeningCase } from "./client-opening-case.ts";
import type { ClientOpeningSeen } from "./client-opening-judgement.ts";
import { clientOpeningReport } from "./client-opening-report.ts";

export interface ClientOpeningCheck {
  /** Connects to `url`, echoes messages, and resolves or rejects when the connection is over. */
  readonly echoAt: (url: string) => Promise<unknown>;
  readonly openings: readonly ClientOpeningCase[];
  readonly times?: TesterTimes | undefined;
}

/** @returns a report for each case */
export async function checkClientOpenings({
  echoAt,
  openings,
  times,
}: ClientOpeningCheck): Promise<readonly CaseReport[]> {
  const seen = new Map<string, Promise<ClientOpeningSeen>>();
  const server = new CaseServer({
    cases: [],
    openings,
    times,
    onOpening: (row, playing) => void seen.set(row.id, playing),
  });
  const url = await server.listen();
  try {
    const reports: CaseReport[] = [];
    for (const [index, row] of openings.entries()) {
      await echoAt(`${url}/runCase?case=${index + 1}&agent=echo`).catch(() => {});
      reports.push(clientOpeningReport(row, await seen.get(row.id)));
    }
    return reports;
  } finally {
    await server.close();
  }
}
