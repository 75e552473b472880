/** What each subject achieved, and how two such results compare. */
import type { Grades } from "../../packages/tautline/src/conformance/observation.ts";
import { behaviours, endings } from "../../packages/tautline/src/conformance/observation.ts";
import type { GradesByCase } from "../../packages/tautline/src/conformance/run-cases.ts";

/** By subject and case: grade of the behaviour and grade of the ending, as `results.json` has them. */
export type Results = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export const strict: Grades = { behaviour: "OK", ending: "OK" };

/** A result that is not OK and is accepted, and why. */
export interface Departure {
  readonly subject: string;
  readonly cases: readonly string[];
  readonly verdict: Grades;
  readonly reason: string;
}

export function recorded(verdicts: GradesByCase): Results[string] {
  return Object.fromEntries(
    Object.entries(verdicts).map(([id, { behaviour, ending }]) => [id, [behaviour, ending]]),
  );
}

const positionIn = (grades: readonly string[], grade: string | undefined): number =>
  grade === undefined ? 0 : grades.indexOf(grade);

/**
 * What is worse in `seen` than in `before`, a sentence each; a case that is new has to be OK. What `departures` list
 * is as good as OK.
 */
export function worseThan(
  before: Results[string],
  seen: GradesByCase,
  departures: readonly Departure[],
): string[] {
  const accepted = (id: string, { behaviour, ending }: Grades) =>
    departures.some(
      ({ cases, verdict }) =>
        cases.includes(id) && verdict.behaviour === behaviour && verdict.ending === ending,
    );
  return Object.entries(seen)
    .filter(([id, verdict]) => {
      const [behaviour, ending] = before[id] ?? [];
      const least = verdict.behaviour === "INFORMATIONAL" ? 1 : 0;
      return (
        !accepted(id, verdict) &&
        (positionIn(behaviours, verdict.behaviour) >
          Math.max(least, positionIn(behaviours, behaviour)) ||
          positionIn(endings, verdict.ending) > Math.max(least, positionIn(endings, ending)))
      );
    })
    .map(([id, { behaviour, ending }]) => {
      const was = before[id]?.join(", ") ?? "nothing";
      return `${id} is ${behaviour}, ${ending}; it was ${was}`;
    });
}
