/** What the command line says about the end of a server, in seconds. */
import { drainDefaults } from "../serve/drain-options.ts";
import type { DrainOptions } from "../serve/drain-options.ts";
import type { OptionTable, ParsedArguments } from "./command.ts";
import { secondsInMs } from "./command.ts";

export const drainOptions = {
  "drain-grace-seconds": {
    type: "string",
    value: "seconds",
    text: `at the end, go on for so long while /readyz says 503, so that load balancers notice (TAUTLINE_DRAIN_GRACE_SECONDS, or ${drainDefaults.drainGraceMs})`,
  },
  "drain-seconds": {
    type: "string",
    value: "seconds",
    text: `then tell clients to come back elsewhere one after the other, over so long (TAUTLINE_DRAIN_SECONDS, or ${drainDefaults.drainSpreadMs})`,
  },
} as const satisfies OptionTable;

/** @throws UsageMistake when a value is none */
export function drainChoice(
  values: ParsedArguments<typeof drainOptions>["values"],
  env: Readonly<Record<string, string | undefined>>,
): DrainOptions {
  const ms = (name: keyof typeof drainOptions, variable: string): number | undefined => {
    const flag = values[name];
    if (flag !== undefined) return secondsInMs(flag, `--${name}`);
    const text = env[variable];
    return text === undefined || text === "" ? undefined : secondsInMs(text, variable);
  };
  return {
    drainGraceMs: ms("drain-grace-seconds", "TAUTLINE_DRAIN_GRACE_SECONDS"),
    drainSpreadMs: ms("drain-seconds", "TAUTLINE_DRAIN_SECONDS"),
  };
}
