/** Scripts with which shells complete commands and options, made from the commands' own tables. */
import type { Command, OptionSpec } from "../command.ts";

export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

export function completionScript(shell: Shell, commands: readonly Command[]): string {
  return { bash, zsh, fish }[shell](commands);
}

function flagName([name, { negated }]: readonly [string, OptionSpec]): string {
  return negated === true ? `no-${name}` : name;
}

function optionsOf({ options }: Command): readonly (readonly [string, OptionSpec])[] {
  return [
    ...Object.entries(options),
    ["help", { type: "boolean", short: "h", text: "show the help" }],
  ];
}

function flagsIn(command: Command): string {
  return optionsOf(command)
    .map((option) => `--${flagName(option)}`)
    .join(" ");
}

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => `    ${command.name}) words="${flagsIn(command)}" ;;`);
  return `# bash completion for tautline. Put this into ~/.bashrc: eval "$(tautline completion bash)"
_tautline() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(" ")} --help --version"
  else
    case "\${COMP_WORDS[1]}" in
${cases.join("\n").replaceAll(/^ {4}/gmu, "      ")}
    esac
    case "$word" in
      -*) ;;
      *) COMPREPLY=($(compgen -f -- "$word")); return ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o filenames -F _tautline tautline
`;
}

/** Between single quotes, of POSIX shells and of fish, where a quote ends them. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** What means something in a specification of zsh's `_arguments` or `_describe`. */
function zshText(text: string): string {
  return text.replaceAll(/[[\]:\\]/gu, String.raw`\$&`);
}

function zsh(commands: readonly Command[]): string {
  const names = commands.map(({ name, summary }) => quoted(`${name}:${zshText(summary)}`));
  const cases = commands.map((command) => {
    const specs = optionsOf(command).map((option) => quoted(zshOption(option)));
    return `    ${command.name})\n      _arguments ${[...specs, quoted("*:file:_files")].join(" \\\n        ")} ;;`;
  });
  return `#compdef tautline
# zsh completion for tautline. Put this into ~/.zshrc: eval "$(tautline completion zsh)"
_tautline() {
  local -a commands
  commands=(
    ${names.join("\n    ")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local name="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$name" in
${cases.join("\n")}
  esac
}
compdef _tautline tautline
`;
}

function zshOption(option: readonly [string, OptionSpec]): string {
  const [, { text, type, value = "value", multiple }] = option;
  const argument = type === "string" ? `:${zshText(value)}:_files` : "";
  return `${multiple === true ? "*" : ""}--${flagName(option)}[${zshText(text)}]${argument}`;
}

function fish(commands: readonly Command[]): string {
  const names = commands.map(({ name, summary }) => {
    return `complete -c tautline -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`;
  });
  const options = commands.flatMap((command) =>
    optionsOf(command).map((option) => {
      const [, { short, text, type }] = option;
      const parts = [
        `complete -c tautline -n ${quoted(`__fish_seen_subcommand_from ${command.name}`)}`,
        `-l ${flagName(option)}`,
        ...(short === undefined ? [] : [`-s ${short}`]),
        ...(type === "string" ? ["-r"] : []),
        `-d ${quoted(text)}`,
      ];
      return parts.join(" ");
    }),
  );
  return `# fish completion for tautline: tautline completion fish > ~/.config/fish/completions/tautline.fish
${[...names, ...options].join("\n")}
`;
}
