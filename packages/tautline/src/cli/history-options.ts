/** What is said about the logs of channels: how much they hold, and where they are. */
import type { HubOptions } from "@tautline/hub";

import { UsageMistake } from "./command.ts";
import type { Choices, SettingTable } from "./settings/setting.ts";

/** Publications in a channel's log, when there is a directory for them and no number. */
const durableSize = 100;

/** How long after its last publication a log is kept, in milliseconds: a day. */
const keptMs = 86_400_000;

const mostPublications = 1_000_000;

export const historySettings = {
  broker: {
    kind: "text",
    value: "address",
    text: "join other servers over Redis or NATS, as in redis://localhost:6379",
  },
  dataDir: {
    kind: "text",
    path: true,
    value: "directory",
    text: "keep history on disk, there after a crash and a restart",
  },
  history: {
    kind: "whole",
    least: 0,
    most: mostPublications,
    value: "count",
    otherwise: `0; with --data-dir ${durableSize}`,
    text: "keep so many publications of each channel for a day; clients catch up with them",
  },
} as const satisfies SettingTable;

export interface HistoryChoice {
  readonly broker: string | undefined;
  readonly dataDir: string | undefined;
  readonly channels: HubOptions["channels"];
}

/** @throws UsageMistake when one makes no sense beside another */
export function historyChoice(choices: Choices<typeof historySettings>): HistoryChoice {
  const dataDir = choices.dataDir?.value;
  const broker = choices.broker?.value;
  if (broker !== undefined && dataDir !== undefined) {
    throw new UsageMistake(
      "a data directory is for one server, with all of its workers, and a broker for several, whose history the broker keeps: leave out --data-dir or --broker",
    );
  }
  const size = choices.history?.value ?? (dataDir === undefined ? 0 : durableSize);
  if (size === 0 && dataDir !== undefined) {
    throw new UsageMistake("a data directory is of no use with a history of 0");
  }
  const channels =
    size === 0 ? {} : { historySize: size, historyTtlMs: keptMs, recovery: "stream" as const };
  return { broker, dataDir, channels };
}
