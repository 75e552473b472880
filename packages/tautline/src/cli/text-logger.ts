/** The log of a server that is run by hand: a line for people, on standard error. */
import type { Logger } from "@tautline/hub";

import { printable } from "./printable.ts";
import { styleFor } from "./style.ts";
import type { Terminal } from "./terminal.ts";

const levels = ["debug", "info", "warn", "error"] as const;
type Level = (typeof levels)[number];

export interface TextLoggerOptions {
  /** What matters less is not worth a line. */
  readonly level: Level;
  /** Takes out of a line what nobody should read. */
  readonly mask: (line: string) => string;
}

export function textLogger(
  { stderr, env }: Pick<Terminal, "stderr" | "env">,
  { level: least, mask }: TextLoggerOptions,
): Logger {
  const style = styleFor(stderr, env);
  const labels = {
    debug: style.dim("debug"),
    info: "info",
    warn: style.yellow("warning"),
    error: style.red("error"),
  };
  const at = (level: Level): Logger[Level] => {
    if (levels.indexOf(level) < levels.indexOf(least)) return () => undefined;
    return (fields, message) => {
      const line = `${labels[level]} ${printable(message)}${style.dim(fieldsText(fields))}`;
      stderr.write(`${mask(line)}\n`);
    };
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** As in ` hook=connect`. Values may come from clients, so they are made harmless. */
function fieldsText(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]: [string, unknown]) => ` ${name}=${printable(valueText(value))}`)
    .join("");
}

function valueText(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
