/** Plays cases to a server that echoes, as its client. */
import type { ConformanceCase } from "./conformance-case.ts";
import { termsOfAnswer } from "./deflate-terms.ts";
import { HandshakeFailure } from "./handshake-failure.ts";
import { openAsClient } from "./handshake.ts";
import type { Head, Opener } from "./handshake.ts";
import { MessageDeflate } from "./message-deflate.ts";
import { grade, neverOpened } from "./observation.ts";
import type { Played } from "./observation.ts";
import { runCases } from "./run-cases.ts";
import type { GradesByCase, RunOptions } from "./run-cases.ts";
import { Tester, testerTimes, unimplemented } from "./tester.ts";
import type { TesterTimes } from "./tester.ts";

export interface ServerCheck extends RunOptions {
  readonly url: string;
  readonly cases: readonly ConformanceCase[];
  readonly times?: TesterTimes;
  /** The version of HTTP to ask in. Default: 1.1. */
  readonly opener?: Opener;
  /** Messages that the server sends by itself at the beginning of each connection. Default 0. */
  readonly greetings?: number;
}

export function checkServer({ cases, ...how }: ServerCheck): Promise<GradesByCase> {
  return runCases(cases, (row) => playToServer(row, how), how);
}

function agreed(row: ConformanceCase, head: Head): MessageDeflate | undefined {
  if (row.deflate === undefined) return undefined;
  const terms = termsOfAnswer(head.fields.get("sec-websocket-extensions"), row.deflate);
  return terms === undefined ? undefined : new MessageDeflate(terms);
}

async function playToServer(
  row: ConformanceCase,
  { url, times = testerTimes, opener = openAsClient, greetings = 0 }: Omit<ServerCheck, "cases">,
): Promise<Played> {
  try {
    const { socket, head } = await opener(url, times.silenceMs, row.deflate);
    const deflate = agreed(row, head);
    const isMissing = row.deflate !== undefined && deflate === undefined;
    const tester = new Tester({ socket, role: "client", times, deflate, greetings });
    if (isMissing) return await unimplemented(tester, head.rest);
    const seen = await tester.play(row, head.rest);
    return { seen, grades: grade(row, seen) };
  } catch (error) {
    if (error instanceof HandshakeFailure) return neverOpened(error.message);
    throw error;
  }
}
