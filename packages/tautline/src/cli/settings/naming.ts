/** Tells where the values came from that somebody else finds to make no sense. */
import { UsageMistake } from "../command.ts";
import type { Choice } from "./setting.ts";

/**
 * What `work` gives, which looks at these values.
 *
 * @throws UsageMistake with the names under which the values were given, where it throws a RangeError
 */
export function naming<Result>(
  choices: readonly (Choice | undefined)[],
  work: () => Result,
): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const names = choices.flatMap((choice) =>
      choice === undefined || choice.source === "default" ? [] : [choice.name],
    );
    throw new UsageMistake([names.join(", "), error.message].filter(Boolean).join(": "));
  }
}
