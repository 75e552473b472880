/** Flags of `tautline serve` where a file in deploy/ has them, and what follows from them. */
import { serveSettings } from "../../packages/tautline/src/cli/serve/serve-settings.ts";
import { flagsOf } from "../../packages/tautline/src/cli/settings/flags.ts";
import { drainDefaults } from "../../packages/tautline/src/serve/drain-options.ts";

/** All that `tautline serve` has, without their dashes. */
export const known: readonly string[] = Object.keys(flagsOf(serveSettings));

/** The flags in a line, without their dashes. */
export const flagsIn = (text: string): string[] =>
  [...text.matchAll(/--([a-z-]+)/gu)].map(([, flag = ""]) => flag);

function seconds(text: string, flag: string): number {
  return Number(new RegExp(`--${flag}[ =](\\d+)`, "u").exec(text)?.[1]);
}

/** What the end of a server takes at most, as its flags have it. */
export function endSeconds(text: string): number {
  const times = seconds(text, "drain-grace-seconds") + seconds(text, "drain-seconds");
  return times + drainDefaults.drainTimeoutMs / 1000;
}
