/** The commands of the program, in the order of the help. */
import type { Command } from "../command.ts";
import { benchCommand } from "./bench.ts";
import { checkCommand } from "./check.ts";
import { connectCommand } from "./connect.ts";
import { inspectCommand } from "./inspect.ts";
import { serveCommand } from "./serve.ts";

export const commands: readonly Command[] = [
  serveCommand,
  connectCommand,
  checkCommand,
  benchCommand,
  inspectCommand,
];
