/** The order in which cases are run: light ones several at a time, heavy ones after them and one by one. */
import type { ConformanceCase } from "./conformance-case.ts";
import type { Verdict } from "./observation.ts";

/** Verdicts by the number of the case. */
export type Verdicts = Readonly<Record<string, Verdict>>;

const lightAtOnce = 16;

export async function runCases(
  cases: readonly ConformanceCase[],
  play: (row: ConformanceCase) => Promise<Verdict>,
): Promise<Verdicts> {
  const found = new Map<string, Verdict>();
  const light = cases.filter(({ heavy }) => heavy !== true);
  const heavy = cases.filter(({ heavy }) => heavy === true);
  const worker = async (queue: ConformanceCase[]) => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      found.set(row.id, await play(row));
    }
  };
  await Promise.all(Array.from({ length: lightAtOnce }, () => worker(light)));
  await worker(heavy);
  return Object.fromEntries(cases.map(({ id }) => [id, found.get(id)!]));
}
