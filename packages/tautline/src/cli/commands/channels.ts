/** `tautline channels`: prints which channels have subscribers. */
import type { Command, OptionTable } from "../command.ts";
import { exitCodes, parseArguments, UsageMistake } from "../command.ts";
import { ApiDoor } from "../hub/api-door.ts";
import { apiSettings, givenApiKey } from "../hub/hub-settings.ts";
import { JsonLines } from "../hub/json-lines.ts";
import { choose } from "../settings/choose.ts";
import { flagsOf, secretsNote } from "../settings/flags.ts";
import type { Terminal } from "../terminal.ts";

const ownOptions = {
  pattern: { type: "string", value: "pattern", text: "only those like this, as in 'chat:*'" },
} as const satisfies OptionTable;

const options = { ...flagsOf(apiSettings), ...ownOptions };

export const channelsCommand: Command = {
  name: "channels",
  summary: "Prints the channels that have subscribers, a line of JSON for each",
  operands: "",
  options,
  examples: [
    ["tautline channels --api-key-file key.txt", "all of them"],
    [
      "tautline channels --pattern 'chat:*' --api-url http://localhost:9000/api --api-key-file key.txt",
      "some, of a server with an internal port",
    ],
  ],
  notes: secretsNote(apiSettings),
  exitCodes: [
    [exitCodes.ok, "printed, be it none"],
    [exitCodes.failure, "could not reach the server, or it says no"],
    [exitCodes.usage, "wrong command line, or no key"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, { ...options, ...ownOptions });
  if (operands.length > 0) throw new UsageMistake("channels takes no operand: see --pattern");
  const choices = choose(apiSettings, { flags: values, env: terminal.env });
  const key = await givenApiKey(choices);
  if (key === undefined) {
    throw new UsageMistake("channels are told to backends alone: give a key with --api-key-file");
  }
  const lines = new JsonLines(terminal.stdout);
  const door = new ApiDoor(choices.apiUrl.value, key);
  for (const channel of await door.channels(values.pattern ?? "")) lines.print(channel);
  return exitCodes.ok;
}
