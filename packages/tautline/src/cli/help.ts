/** The help of a command and of the whole program, laid out from the commands' own tables. */
import type { Command, OptionSpec } from "./command.ts";
import type { Style } from "./style.ts";

const helpOption: OptionSpec = { type: "boolean", short: "h", text: "show this help" };

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}

function optionRow([name, spec]: readonly [string, OptionSpec]): [string, string] {
  const short = spec.short === undefined ? "    " : `-${spec.short}, `;
  const value = spec.type === "string" ? ` <${spec.value ?? "value"}>` : "";
  const repeat = spec.multiple === true ? " (may be repeated)" : "";
  const negation = spec.negated === true ? "no-" : "";
  return [`${short}--${negation}${name}${value}`, `${spec.text}${repeat}`];
}

export function commandHelp(command: Command, style: Style): string {
  const usage = ["tautline", command.name, command.operands, "[options]"].filter(Boolean).join(" ");
  const options = Object.entries<OptionSpec>({ ...command.options, help: helpOption });
  const sections = [
    `${style.bold(usage)}\n\n${command.summary}.`,
    `${style.bold("Options")}\n${columns(options.map(optionRow))}`,
    `${style.bold("Examples")}\n${columns(command.examples)}`,
    ...(command.notes ?? []),
    `${style.bold("Exit codes")}\n${columns(
      command.exitCodes.map(([code, meaning]) => [String(code), meaning] as const),
    )}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

export function programHelp(commands: readonly Command[], style: Style): string {
  const rows = commands.map(
    (command) =>
      [[command.name, command.operands].filter(Boolean).join(" "), command.summary] as const,
  );
  const sections = [
    `${style.bold("tautline <command> [options]")}\n\nA two-way line between browser and server: WebSocket, channels, and tools for both.`,
    `${style.bold("Commands")}\n${columns(rows)}`,
    `${style.bold("Options")}\n${columns([
      ["-h, --help", "show this help, or a command's"],
      ["-v, --version", "show the version"],
    ])}`,
    "tautline <command> --help tells more about a command.",
  ];
  return `${sections.join("\n\n")}\n`;
}
