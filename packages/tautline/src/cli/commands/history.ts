/** `tautline history`: prints what was published in a channel before. */
import type { Command, OptionTable } from "../command.ts";
import { exitCodes, parseArguments, UsageMistake, wholeNumber } from "../command.ts";
import { apiSettings, clientSettings } from "../hub/hub-settings.ts";
import { JsonLines } from "../hub/json-lines.ts";
import { hubFlags, withDoor } from "../hub/session.ts";
import { secretsNote } from "../settings/flags.ts";
import type { Terminal } from "../terminal.ts";

const ownOptions = {
  limit: { type: "string", short: "n", value: "count", text: "so many at most (10)" },
  reverse: { type: "boolean", short: "r", text: "the newest first" },
  since: {
    type: "string",
    value: "epoch:offset",
    text: "what comes after this place; with --reverse what comes before it",
  },
} as const satisfies OptionTable;

const options = { ...hubFlags, ...ownOptions };

export const historyCommand: Command = {
  name: "history",
  summary: "Prints what was published in a channel, a line of JSON for each publication",
  operands: "<channel>",
  options,
  examples: [
    ["tautline history news -n 1 --reverse", "the newest one"],
    ["tautline history news --api-key-file key.txt | jq .data", "through the HTTP API"],
  ],
  notes: [
    "The server keeps what its channels are set up for: see `tautline serve --history`.",
    ...secretsNote({ ...clientSettings, ...apiSettings }),
  ],
  exitCodes: [
    [exitCodes.ok, "printed, be it nothing"],
    [exitCodes.failure, "could not connect, or the server says no"],
    [exitCodes.usage, "wrong command line"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, { ...options, ...ownOptions });
  const [channel, ...more] = operands;
  if (channel === undefined || more.length > 0) {
    throw new UsageMistake("history takes one channel, as in: tautline history news");
  }
  const question = {
    limit: wholeNumber(values.limit ?? "10", "--limit", { least: 1, most: 1_000_000 }),
    reverse: values.reverse === true,
    since: values.since === undefined ? undefined : placeIn(values.since),
  };
  await withDoor({ flags: values, env: terminal.env }, async (door) => {
    const lines = new JsonLines(terminal.stdout);
    for (const publication of await door.history(channel, question)) lines.print(publication);
  });
  return exitCodes.ok;
}

function placeIn(text: string): { readonly epoch: string; readonly offset: number } {
  const [, epoch = "", offset = ""] = /^(.*):(\d{1,15})$/u.exec(text) ?? [];
  if (offset === "") throw new UsageMistake(`--since takes <epoch>:<offset>, not '${text}'`);
  return { epoch, offset: Number(offset) };
}
