/** What `tautline check --json -` has found. */
import type { Program } from "./program.ts";

interface Report {
  readonly counts: Readonly<Record<string, number>>;
  readonly cases: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly because: string | null;
  }[];
}

export interface Found {
  readonly code: number | null;
  readonly counts: Report["counts"];
  /** What is not a pass: number of the case, verdict and reason. */
  readonly remarks: readonly (readonly [id: string, verdict: string, because: string | null])[];
}

export async function found(program: Program): Promise<Found> {
  const { code } = await program.ended;
  const { counts, cases } = JSON.parse(program.stdout) as Report;
  const remarks = cases
    .filter(({ verdict }) => verdict !== "pass")
    .map(({ id, verdict, because }) => [id, verdict, because] as const);
  return { code, counts, remarks };
}
