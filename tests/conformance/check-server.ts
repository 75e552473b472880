/** Plays cases to a server that echoes, as its client. */
import type { ConformanceCase } from "./conformance-case.ts";
import { termsOfAnswer } from "./deflate-terms.ts";
import { HandshakeFailure } from "./handshake-failure.ts";
import { openAsClient } from "./handshake.ts";
import type { Head, Opener } from "./handshake.ts";
import { MessageDeflate } from "./message-deflate.ts";
import { grade } from "./observation.ts";
import type { Verdict } from "./observation.ts";
import { runCases } from "./run-cases.ts";
import type { Verdicts } from "./run-cases.ts";
import { Tester, testerTimes, unimplemented } from "./tester.ts";
import type { TesterTimes } from "./tester.ts";

export interface ServerCheck {
  readonly url: string;
  readonly cases: readonly ConformanceCase[];
  readonly times?: TesterTimes;
  /** The version of HTTP to ask in. Default: 1.1. */
  readonly opener?: Opener;
}

export function checkServer({ cases, ...how }: ServerCheck): Promise<Verdicts> {
  return runCases(cases, (row) => playToServer(row, how));
}

function agreed(row: ConformanceCase, head: Head): MessageDeflate | undefined {
  if (row.deflate === undefined) return undefined;
  const terms = termsOfAnswer(head.fields.get("sec-websocket-extensions"), row.deflate);
  return terms === undefined ? undefined : new MessageDeflate(terms);
}

async function playToServer(
  row: ConformanceCase,
  { url, times = testerTimes, opener = openAsClient }: Omit<ServerCheck, "cases">,
): Promise<Verdict> {
  try {
    const { socket, head } = await opener(url, times.silenceMs, row.deflate);
    const deflate = agreed(row, head);
    const isMissing = row.deflate !== undefined && deflate === undefined;
    const tester = new Tester({ socket, role: "client", times, deflate });
    if (isMissing) return unimplemented(tester, head.rest);
    return grade(row, await tester.play(row, head.rest));
  } catch (error) {
    if (error instanceof HandshakeFailure) return { behaviour: "FAILED", ending: "FAILED" };
    throw error;
  }
}
