/** `tautline completion`: what a shell needs to complete commands and options. */
import type { Command } from "../command.ts";
import { exitCodes, parseArguments, UsageMistake } from "../command.ts";
import { completionScript, shells } from "../completion/scripts.ts";
import type { Terminal } from "../terminal.ts";

/** The commands come from whoever has the list, this one included. */
export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    name: "completion",
    summary: "Prints a script with which a shell completes commands and options",
    operands: shells.join("|"),
    options: {},
    examples: [
      ['eval "$(tautline completion bash)"', "in ~/.bashrc"],
      ['eval "$(tautline completion zsh)"', "in ~/.zshrc"],
      ["tautline completion fish > ~/.config/fish/completions/tautline.fish", "once"],
    ],
    exitCodes: [
      [exitCodes.ok, "printed"],
      [exitCodes.failure, "the output could not be written"],
      [exitCodes.usage, "no shell, or one that is not known"],
    ],
    async run(args: readonly string[], terminal: Terminal) {
      const { operands } = parseArguments(args, {});
      const shell = shells.find((known) => known === operands[0]);
      if (shell === undefined || operands.length > 1) {
        throw new UsageMistake(`completion takes the name of a shell: ${shells.join(", ")}`);
      }
      await new Promise<void>((resolve, reject) => {
        terminal.stdout.write(completionScript(shell, commands()), (error) => {
          if (error instanceof Error) reject(error);
          else resolve();
        });
      });
      return exitCodes.ok;
    },
  };
}
