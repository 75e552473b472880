/** `tautline presence`: prints who is in a channel. */
import type { Command, OptionTable } from "../command.ts";
import { exitCodes, parseArguments, UsageMistake } from "../command.ts";
import { apiSettings, clientSettings } from "../hub/hub-settings.ts";
import { JsonLines } from "../hub/json-lines.ts";
import { hubFlags, withDoor } from "../hub/session.ts";
import { secretsNote } from "../settings/flags.ts";
import type { Terminal } from "../terminal.ts";

const ownOptions = {
  stats: { type: "boolean", text: "only how many" },
} as const satisfies OptionTable;

const options = { ...hubFlags, ...ownOptions };

export const presenceCommand: Command = {
  name: "presence",
  summary: "Prints who is in a channel, a line of JSON for each connection",
  operands: "<channel>",
  options,
  examples: [
    ["tautline presence lobby", "as a client"],
    ["tautline presence lobby --stats --api-key-file key.txt", "how many, through the HTTP API"],
  ],
  notes: secretsNote({ ...clientSettings, ...apiSettings }),
  exitCodes: [
    [exitCodes.ok, "printed, be it nobody"],
    [exitCodes.failure, "could not connect, or the server says no"],
    [exitCodes.usage, "wrong command line"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, { ...options, ...ownOptions });
  const [channel, ...more] = operands;
  if (channel === undefined || more.length > 0) {
    throw new UsageMistake("presence takes one channel, as in: tautline presence lobby");
  }
  await withDoor({ flags: values, env: terminal.env }, async (door) => {
    const lines = new JsonLines(terminal.stdout);
    if (values.stats === true) lines.print(await door.presenceStats(channel));
    else for (const member of await door.presence(channel)) lines.print(member);
  });
  return exitCodes.ok;
}
