/** Plays cases to a server that echoes, as its client. */
import type { ConformanceCase } from "./conformance-case.ts";
import { HandshakeFailure, openAsClient } from "./handshake.ts";
import { grade } from "./observation.ts";
import type { Verdict } from "./observation.ts";
import { runCases } from "./run-cases.ts";
import type { Verdicts } from "./run-cases.ts";
import { Tester, testerTimes } from "./tester.ts";
import type { TesterTimes } from "./tester.ts";

export interface ServerCheck {
  readonly url: string;
  readonly cases: readonly ConformanceCase[];
  readonly times?: TesterTimes;
}

export function checkServer({ url, cases, times = testerTimes }: ServerCheck): Promise<Verdicts> {
  return runCases(cases, (row) => playToServer(row, url, times));
}

async function playToServer(
  row: ConformanceCase,
  url: string,
  times: TesterTimes,
): Promise<Verdict> {
  try {
    const { socket, head } = await openAsClient(url, times.silenceMs);
    return grade(row, await new Tester(socket, "client", times).play(row, head.rest));
  } catch (error) {
    if (error instanceof HandshakeFailure) return { behaviour: "FAILED", ending: "FAILED" };
    throw error;
  }
}
