/** What is said about the log. */
import type { SettingTable } from "../settings/setting.ts";

export const logSettings = {
  log: {
    kind: "choice",
    of: ["json", "text", "none"],
    otherwise: "text on a terminal, json elsewhere",
    text: "write the log like this, to standard error",
  },
  logLevel: {
    kind: "choice",
    of: ["debug", "info", "warn", "error"],
    otherwise: "warn as text, info as json",
    text: "leave out of it what matters less than this",
  },
  banner: {
    kind: "switch",
    default: true,
    text: "print addresses for people to standard output",
  },
} as const satisfies SettingTable;
