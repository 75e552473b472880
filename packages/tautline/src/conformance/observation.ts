/** What the tester has seen of one case, and the verdict that follows from it. */
import type { CaseEvent, ConformanceCase } from "./conformance-case.ts";
import { sameEvents } from "./payload.ts";

export interface Observation {
  /** Whether the opening handshake succeeded. */
  readonly opened: boolean;
  /** Why it did not. */
  readonly problem?: string;
  /** The peer does not have the extension that the case needs: it was not played. */
  readonly missing?: boolean;
  readonly events: readonly CaseEvent[];
  /** Who sent the first Close frame or, without any, gave the connection up. */
  readonly endedBy: "tester" | "peer";
  /** Whether both Close frames were exchanged. */
  readonly clean: boolean;
  /** Whether the peer sent a Close frame, and the code in it. */
  readonly peerClosed: boolean;
  readonly peerCode: number | undefined;
  /** Whether the tester, playing a client, had to close the TCP connection because the server did not. */
  readonly dropped: boolean;
}

/** Best first. UNIMPLEMENTED: the peer does not have the extension that the case needs. */
export const behaviours = ["OK", "INFORMATIONAL", "NON-STRICT", "UNIMPLEMENTED", "FAILED"] as const;
/** Best first. FAILED BY CLIENT: the server left closing the TCP connection to the client. */
export const endings = [
  "OK",
  "INFORMATIONAL",
  "FAILED BY CLIENT",
  "WRONG CODE",
  "UNCLEAN",
  "FAILED",
] as const;

export type Behaviour = (typeof behaviours)[number];
export type EndingGrade = (typeof endings)[number];

export interface Grades {
  readonly behaviour: Behaviour;
  readonly ending: EndingGrade;
}

/** What was seen of a case, and how it is graded. */
export interface Played {
  readonly seen: Observation;
  readonly grades: Grades;
}

/** A connection that never opened. */
export function neverOpened(problem: string): Played {
  const seen = {
    opened: false,
    problem,
    events: [],
    endedBy: "peer",
    clean: false,
    peerClosed: false,
    peerCode: undefined,
    dropped: false,
  } as const;
  return { seen, grades: { behaviour: "FAILED", ending: "FAILED" } };
}

/** Grades a case as the Autobahn testsuite does. */
export function grade(row: ConformanceCase, seen: Observation): Grades {
  if (!seen.opened) return { behaviour: "FAILED", ending: "FAILED" };
  if (row.informational === true) return { behaviour: "INFORMATIONAL", ending: "INFORMATIONAL" };
  const ending = gradeEnding(row, seen);
  const { decisive } = row.ending;
  const spoiled =
    (decisive === "side" && seen.endedBy !== row.ending.by) ||
    (decisive === "code" && ending === "WRONG CODE");
  const matching = row.outcomes.find(({ events }) => sameEvents(events, seen.events));
  return { behaviour: spoiled ? "FAILED" : (matching?.grade ?? "FAILED"), ending };
}

/** RFC 6455 §7.1.5: what a Close frame without a code stands for. */
const noCode = 1005;

function gradeEnding({ ending }: ConformanceCase, seen: Observation): EndingGrade {
  if (seen.endedBy !== ending.by) return "FAILED";
  if (ending.clean && !seen.clean) return "UNCLEAN";
  const needsCode = seen.peerClosed && ending.coded === true;
  const hasCode = seen.peerCode !== undefined || needsCode;
  if (hasCode && !ending.codes.includes(seen.peerCode ?? noCode)) return "WRONG CODE";
  return seen.dropped ? "FAILED BY CLIENT" : "OK";
}
