/** Which cases `--only` means: numbers of cases and of sections. */
import { UsageMistake } from "../command.ts";

const isMeant = (id: string, number: string): boolean =>
  id === number || id.startsWith(`${number}.`);

/**
 * @param wanted numbers such as `7`, `6.4` or `6.4.1`, also several with commas; all cases when it is empty
 * @throws UsageMistake for a number that means no case
 */
export function selectCases<Case extends { readonly id: string }>(
  cases: readonly Case[],
  wanted: readonly string[],
): readonly Case[] {
  const numbers = wanted.flatMap((one) => one.split(",")).map((one) => one.trim());
  if (numbers.length === 0) return cases;
  for (const number of numbers) {
    if (number !== "" && cases.some(({ id }) => isMeant(id, number))) continue;
    throw new UsageMistake(`--only means no case with '${number}': --list shows what there is`);
  }
  return cases.filter(({ id }) => numbers.some((number) => isMeant(id, number)));
}
