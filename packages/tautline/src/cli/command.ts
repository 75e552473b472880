/**
 * What a command of `tautline` is: a name, a table of options that both the parser and the help read, and a function.
 * One file in `commands/` per command; the list is in `commands/commands.ts`.
 */
import { parseArgs } from "node:util";

import type { Terminal } from "./terminal.ts";

export interface OptionSpec {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** Of a boolean that is on unless it is said otherwise: the help shows `--no-<name>`. */
  readonly negated?: boolean;
  /** What stands for the value in the help, as in `<port>`. Needed for strings. */
  readonly value?: string;
  readonly text: string;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

export interface Command {
  readonly name: string;
  /** What it does, in one line, without a full stop. */
  readonly summary: string;
  /** What follows `tautline <name>` in the usage line, before the options. */
  readonly operands: string;
  readonly options: OptionTable;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly exitCodes: readonly (readonly [code: number, meaning: string])[];
  /** Anything else worth a paragraph. */
  readonly notes?: readonly string[];
  /** Resolves to the exit code. Rejects with `UsageMistake` when the command line is wrong. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

export const exitCodes = { ok: 0, failure: 1, usage: 2 } as const;

/** The command line is wrong: shown with a hint to the help, and exit code 2. */
export class UsageMistake extends Error {
  override readonly name = "UsageMistake";
}

type ParsedValue<Spec extends OptionSpec> = Spec["type"] extends "boolean"
  ? boolean
  : Spec["multiple"] extends true
    ? string[]
    : string;

export interface ParsedArguments<Table extends OptionTable> {
  readonly values: { readonly [Name in keyof Table]?: ParsedValue<Table[Name]> };
  readonly operands: readonly string[];
}

/** Reads a command's arguments by its table; what does not fit is a `UsageMistake`. */
export function parseArguments<Table extends OptionTable>(
  args: readonly string[],
  table: Table,
): ParsedArguments<Table> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...table },
      allowPositionals: true,
      allowNegative: true,
      strict: true,
    });
    return { values, operands: positionals };
  } catch (error) {
    if (isParseError(error)) throw new UsageMistake(firstSentence(error.message));
    throw error;
  }
}

function isParseError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("ERR_PARSE_ARGS")
  );
}

/** Node's messages go on to explain `--`, which helps nobody here. */
function firstSentence(message: string): string {
  return message.split(/\.\s/u)[0]?.replace(/\.$/u, "") ?? message;
}

/** A whole number in a range, as an option's value. */
export function wholeNumber(
  text: string,
  option: string,
  range: { readonly least: number; readonly most: number },
): number {
  const number = /^\d{1,15}$/u.test(text) ? Number(text) : Number.NaN;
  if (!(number >= range.least && number <= range.most)) {
    throw new UsageMistake(
      `${option} takes a whole number from ${range.least} to ${range.most}, not '${text}'`,
    );
  }
  return number;
}

/** A number of seconds as an option's value, in milliseconds. */
export function secondsInMs(text: string, option: string): number {
  const seconds = /^\d{1,7}(\.\d{1,3})?$/u.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(seconds)) {
    throw new UsageMistake(`${option} takes a number of seconds such as 5 or 0.5, not '${text}'`);
  }
  return Math.round(seconds * 1000);
}
