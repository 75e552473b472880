/** What a run found out, case by case: what every form of the report is made from. */
import type { ConformanceCase } from "./conformance-case.ts";
import { expectationOf, observationText } from "./description.ts";
import type { HandshakeCase } from "./handshake-case.ts";
import { judge, sectionsOf } from "./judgement.ts";
import type { CaseVerdict, Judgement } from "./judgement.ts";
import type { Played } from "./observation.ts";

export interface CaseReport {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  readonly verdict: CaseVerdict;
  /** Why it is no pass. */
  readonly because: string | undefined;
  readonly expected: string;
  readonly received: string;
  /** Where it is written, as in "RFC 6455 §5.5.2". */
  readonly rules: readonly string[];
}

export interface Report {
  readonly subject: { readonly role: "server" | "client"; readonly address: string };
  /** Whether sections 9, 12 and 13 were played in full. */
  readonly full: boolean;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly cases: readonly CaseReport[];
}

const unplayed: Judgement = { verdict: "not played", because: "the run ended before" };

/** @param played undefined for a case that was not played */
export function reportOn(row: ConformanceCase, played: Played | undefined): CaseReport {
  const judgement = played === undefined ? unplayed : judge(row, played);
  const { section } = judgement;
  return reported(row, judgement, {
    expected: expectationOf(row),
    received: played && observationText(played.seen),
    rules: [...new Set([...(section === undefined ? [] : [section]), ...sectionsOf(row.rfc)])],
  });
}

/** What came of a case about an opening handshake. */
interface PlayedHandshake {
  readonly judgement: Judgement;
  readonly received: string;
}

/** @param played undefined for a case that was not played */
export function handshakeReport(
  row: HandshakeCase,
  expected: string,
  played: PlayedHandshake | undefined,
): CaseReport {
  return reported(row, played?.judgement ?? unplayed, {
    expected,
    received: played?.received,
    rules: [...sectionsOf(row.rfc), ...(row.rules ?? [])],
  });
}

interface Findings {
  readonly expected: string;
  readonly received: string | undefined;
  readonly rules: readonly string[];
}

function reported(
  { id, section, title }: Pick<CaseReport, "id" | "section" | "title">,
  { verdict, because }: Judgement,
  { expected, received = "nothing", rules }: Findings,
): CaseReport {
  return { id, section, title, verdict, because, expected, received, rules };
}

export type Counts = Readonly<Record<CaseVerdict, number>>;

export function countsOf(cases: readonly CaseReport[]): Counts {
  const counts = { pass: 0, notice: 0, "not applicable": 0, "not played": 0, fail: 0 };
  for (const { verdict } of cases) counts[verdict] += 1;
  return counts;
}
