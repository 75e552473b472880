/** The log of a server that is run by hand: a line for people, on standard error. */
import type { Logger } from "@tautline/hub";

import { printable } from "./printable.ts";
import { styleFor } from "./style.ts";
import type { Terminal } from "./terminal.ts";

/** Warnings and errors; what goes well is not worth a line. */
export function textLogger({ stderr, env }: Pick<Terminal, "stderr" | "env">): Logger {
  const style = styleFor(stderr, env);
  const write = (level: string, fields: object, message: string): void => {
    stderr.write(`${level} ${printable(message)}${style.dim(fieldsText(fields))}\n`);
  };
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields, message) => write(style.yellow("warning"), fields, message),
    error: (fields, message) => write(style.red("error"), fields, message),
  };
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
