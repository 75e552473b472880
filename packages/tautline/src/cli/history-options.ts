/** What the command line says about the logs of channels: how much they hold, and where they are. */
import type { HubOptions } from "@tautline/hub";

import type { OptionTable, ParsedArguments } from "./command.ts";
import { UsageMistake, wholeNumber } from "./command.ts";

/** Publications in a channel's log, when there is a directory for them and no number. */
const durableSize = 100;

/** How long after its last publication a log is kept, in milliseconds: a day. */
const keptMs = 86_400_000;

const mostPublications = 1_000_000;

export const historyOptions = {
  broker: {
    type: "string",
    value: "address",
    text: "join other servers over this Redis, as in redis://localhost:6379 (TAUTLINE_BROKER)",
  },
  "data-dir": {
    type: "string",
    value: "directory",
    text: "keep history on disk, there after a crash and a restart (TAUTLINE_DATA_DIR)",
  },
  history: {
    type: "string",
    value: "count",
    text: `keep so many publications of each channel for a day; clients catch up with them (TAUTLINE_HISTORY, or 0; with --data-dir ${durableSize})`,
  },
} as const satisfies OptionTable;

export interface HistoryChoice {
  readonly broker: string | undefined;
  readonly dataDir: string | undefined;
  readonly channels: HubOptions["channels"];
}

/** @throws UsageMistake when a value is none */
export function historyChoice(
  { "data-dir": directory, history, ...values }: ParsedArguments<typeof historyOptions>["values"],
  env: Readonly<Record<string, string | undefined>>,
): HistoryChoice {
  if (directory === "") throw new UsageMistake("--data-dir takes a directory");
  const dataDir = directory ?? (env["TAUTLINE_DATA_DIR"] || undefined);
  const broker = values.broker ?? (env["TAUTLINE_BROKER"] || undefined);
  if (broker !== undefined && dataDir !== undefined) {
    throw new UsageMistake("a data directory is for one server, and a broker for several");
  }
  const size =
    sizeFrom(history, env["TAUTLINE_HISTORY"]) ?? (dataDir === undefined ? 0 : durableSize);
  if (size === 0 && dataDir !== undefined) {
    throw new UsageMistake("a data directory is of no use with a history of 0");
  }
  const channels =
    size === 0 ? {} : { historySize: size, historyTtlMs: keptMs, recovery: "stream" as const };
  return { broker, dataDir, channels };
}

function sizeFrom(flag: string | undefined, variable: string | undefined): number | undefined {
  const range = { least: 0, most: mostPublications };
  if (flag !== undefined) return wholeNumber(flag, "--history", range);
  if (variable !== undefined && variable !== "") {
    return wholeNumber(variable, "TAUTLINE_HISTORY", range);
  }
  return undefined;
}
