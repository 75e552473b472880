/** Plays the cases to a server, once it is known to echo. */
import { reportOn } from "../../conformance/case-report.ts";
import { checkServer } from "../../conformance/check-server.ts";
import type { ConformanceCase } from "../../conformance/conformance-case.ts";
import { probeEcho } from "../../conformance/echo-probe.ts";
import { clientOpener } from "../../conformance/handshake.ts";
import type { RequestExtras } from "../../conformance/handshake.ts";
import { streamClientOpener } from "../../conformance/http2-handshake.ts";
import { checkOpenings } from "../../conformance/opening/check-openings.ts";
import type { OpeningCase } from "../../conformance/opening/opening-case.ts";
import type { TesterTimes } from "../../conformance/tester.ts";
import { reasonOf } from "../address.ts";
import type { Run } from "./run.ts";

export interface ServerRun {
  readonly url: URL;
  readonly cases: readonly ConformanceCase[];
  /** Played over HTTP/1.1 alone. */
  readonly openings: readonly OpeningCase[];
  readonly times: TesterTimes;
  readonly http2: boolean;
  /** What the server needs in each request. */
  readonly extras: RequestExtras;
  readonly atOnce: number;
  readonly signal: AbortSignal;
}

/** @throws Error when there is no server that echoes */
export async function runServer(
  { url, http2, openings, ...how }: ServerRun,
  run: Run,
): Promise<void> {
  const opener = (http2 ? streamClientOpener : clientOpener)(how.extras);
  const server = { url: url.href, opener, times: how.times };
  const greetings = await probeEcho(server).catch((error: unknown) => {
    throw new Error(`cannot check ${url.href}: ${reasonOf(error)}`, { cause: error });
  });
  await checkServer({
    ...how,
    ...server,
    greetings,
    onPlayed: (row, played) => run.played(reportOn(row, played)),
  });
  const onReport = run.played.bind(run);
  await checkOpenings({ ...how, url: url.href, cases: openings, greetings, onReport });
}
