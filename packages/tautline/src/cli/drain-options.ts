/** What is said about the end of a server, in seconds. */
import { drainDefaults } from "../serve/drain-options.ts";
import type { DrainOptions } from "../serve/drain-options.ts";
import type { Choices, SettingTable } from "./settings/setting.ts";

const mostSeconds = 86_400;

export const drainSettings = {
  drainGraceSeconds: {
    kind: "seconds",
    least: 0,
    most: mostSeconds,
    default: drainDefaults.drainGraceMs / 1000,
    text: "at the end, go on for so long while /readyz says 503, so that load balancers notice",
  },
  drainSeconds: {
    kind: "seconds",
    least: 0,
    most: mostSeconds,
    default: drainDefaults.drainSpreadMs / 1000,
    text: "then tell clients to come back elsewhere one after the other, over so long",
  },
} as const satisfies SettingTable;

export function drainChoice(choices: Choices<typeof drainSettings>): DrainOptions {
  const { drainGraceSeconds, drainSeconds } = choices;
  return {
    drainGraceMs: Math.round(drainGraceSeconds.value * 1000),
    drainSpreadMs: Math.round(drainSeconds.value * 1000),
  };
}
