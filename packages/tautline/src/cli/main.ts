/**
 * Finds the command, runs it, and turns what it ends with into an exit code. It knows the commands only by their list.
 */
import { packageVersion } from "../version.ts";
import type { Command } from "./command.ts";
import { exitCodes, UsageMistake } from "./command.ts";
import { commands } from "./commands/commands.ts";
import { commandHelp, programHelp } from "./help.ts";
import { printable } from "./printable.ts";
import { styleFor } from "./style.ts";
import type { Terminal } from "./terminal.ts";
import { processTerminal } from "./terminal.ts";

/** Runs `tautline` with these arguments; resolves to the exit code and never rejects. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  outliveReaders(terminal);
  const [first, ...rest] = args;
  if (first === undefined) {
    terminal.stderr.write(programHelp(commands, styleFor(terminal.stderr, terminal.env)));
    return exitCodes.usage;
  }
  const style = styleFor(terminal.stdout, terminal.env);
  if (first === "--help" || first === "-h" || first === "help") {
    const topic = commands.find((command) => command.name === rest[0]);
    terminal.stdout.write(
      topic === undefined ? programHelp(commands, style) : commandHelp(topic, style),
    );
    return exitCodes.ok;
  }
  if (first === "--version" || first === "-v") {
    terminal.stdout.write(`${packageVersion()}\n`);
    return exitCodes.ok;
  }
  const command = commands.find((known) => known.name === first);
  if (command === undefined) {
    const kind = first.startsWith("-") ? "option" : "command";
    return complain(terminal, `unknown ${kind} '${first}'`, "tautline --help");
  }
  if (asksForHelp(rest)) {
    terminal.stdout.write(commandHelp(command, style));
    return exitCodes.ok;
  }
  return runCommand(command, rest, terminal);
}

/** Whoever reads a pipe may have had enough, as `| head` has: what is printed then goes nowhere, and nothing has failed. */
function outliveReaders({ stdout, stderr }: Terminal): void {
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error) => {
      if (!("code" in error) || error.code !== "EPIPE") throw error;
    });
  }
}

/** `--help` counts anywhere before `--`, even beside what would be a mistake otherwise. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const flags = end < 0 ? args : args.slice(0, end);
  return flags.includes("--help") || flags.includes("-h");
}

async function runCommand(
  command: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    return await command.run(args, terminal);
  } catch (error) {
    if (error instanceof UsageMistake) {
      return complain(terminal, error.message, `tautline ${command.name} --help`);
    }
    const style = styleFor(terminal.stderr, terminal.env);
    const text = error instanceof Error ? error.message : String(error);
    terminal.stderr.write(`${style.red("tautline:")} ${printable(text)}\n`);
    return exitCodes.failure;
  }
}

function complain(terminal: Terminal, mistake: string, help: string): number {
  const style = styleFor(terminal.stderr, terminal.env);
  const end = mistake.endsWith("?") ? "" : ".";
  terminal.stderr.write(`${style.red("tautline:")} ${printable(mistake)}${end} See: ${help}\n`);
  return exitCodes.usage;
}

/** The program's entry: this process's arguments and streams, and its exit code. */
export async function main(): Promise<void> {
  process.exitCode = await runProgram(process.argv.slice(2), processTerminal());
}
