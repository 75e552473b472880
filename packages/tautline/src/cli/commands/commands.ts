/** The commands of the program, in the order of the help. */
import type { Command } from "../command.ts";
import { benchCommand } from "./bench.ts";
import { channelsCommand } from "./channels.ts";
import { checkCommand } from "./check.ts";
import { completionCommand } from "./completion.ts";
import { connectCommand } from "./connect.ts";
import { doctorCommand } from "./doctor.ts";
import { historyCommand } from "./history.ts";
import { inspectCommand } from "./inspect.ts";
import { presenceCommand } from "./presence.ts";
import { pubCommand } from "./pub.ts";
import { serveCommand } from "./serve.ts";
import { subCommand } from "./sub.ts";
import { tokenCommand } from "./token.ts";

export const commands: readonly Command[] = [
  serveCommand,
  connectCommand,
  subCommand,
  pubCommand,
  historyCommand,
  presenceCommand,
  channelsCommand,
  checkCommand,
  benchCommand,
  inspectCommand,
  tokenCommand,
  doctorCommand,
  completionCommand(() => commands),
];
