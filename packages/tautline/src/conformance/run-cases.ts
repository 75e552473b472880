/** The order in which cases are run: light ones several at a time, heavy ones after them and one by one. */
import type { ConformanceCase } from "./conformance-case.ts";
import type { Grades, Played } from "./observation.ts";

/** Grades by the number of the case. */
export type GradesByCase = Readonly<Record<string, Grades>>;

export interface RunOptions {
  /** How many light cases are played at a time. Default 16. */
  readonly atOnce?: number | undefined;
  /** Told of each case when it is over. */
  readonly onPlayed?: ((row: ConformanceCase, played: Played) => void) | undefined;
  /** No further case begins once it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

const lightAtOnce = 16;

/** @returns the grades of the cases that were played */
export async function runCases(
  cases: readonly ConformanceCase[],
  play: (row: ConformanceCase) => Promise<Played>,
  { atOnce = lightAtOnce, onPlayed, signal }: RunOptions = {},
): Promise<GradesByCase> {
  const found = new Map<string, Grades>();
  const light = cases.filter(({ heavy }) => heavy !== true);
  const heavy = cases.filter(({ heavy }) => heavy === true);
  const worker = async (queue: ConformanceCase[]) => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      if (signal?.aborted === true) return;
      const played = await play(row);
      found.set(row.id, played.grades);
      onPlayed?.(row, played);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, () => worker(light)));
  await worker(heavy);
  const entries = cases.map(({ id }) => [id, found.get(id)] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, Grades] => entry[1] !== undefined),
  );
}
