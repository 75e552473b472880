/** `tautline pub`: publishes to a channel, one message or each line of a pipe. */
import { createInterface } from "node:readline";

import type { Command, OptionTable } from "../command.ts";
import { exitCodes, parseArguments, UsageMistake } from "../command.ts";
import { apiSettings, clientSettings } from "../hub/hub-settings.ts";
import { hubFlags, withDoor } from "../hub/session.ts";
import { secretsNote } from "../settings/flags.ts";
import type { Terminal } from "../terminal.ts";

const ownOptions = {
  text: { type: "boolean", short: "t", text: "what is sent is text as it stands, not JSON" },
} as const satisfies OptionTable;

const options = { ...hubFlags, ...ownOptions };

export const pubCommand: Command = {
  name: "pub",
  summary: "Publishes to a channel: a message, or each line of standard input",
  operands: "<channel> [<message>]",
  options,
  examples: [
    [`tautline pub news '{"text":"hello"}'`, "as a client"],
    ["tautline pub news --text hello --api-key-file key.txt", "as a backend, through the HTTP API"],
    ["tail -f app.log | tautline pub log --text", "each line as it comes"],
  ],
  notes: secretsNote({ ...clientSettings, ...apiSettings }),
  exitCodes: [
    [exitCodes.ok, "everything was published, and the server has said so"],
    [exitCodes.failure, "could not connect, or the server has refused a message"],
    [exitCodes.usage, "wrong command line, or a message that is no JSON"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, { ...options, ...ownOptions });
  const [channel, message, ...more] = operands;
  if (channel === undefined) {
    throw new UsageMistake("pub needs a channel, as in: tautline pub news --text hello");
  }
  if (more.length > 0) throw new UsageMistake("pub takes one message: put it into quotes");
  const read = values.text === true ? (line: string): unknown => line : jsonIn;
  const single = message === undefined ? undefined : { data: read(message) };
  await withDoor({ flags: values, env: terminal.env }, async (door) => {
    if (single !== undefined) {
      await door.publish(channel, single.data);
      return;
    }
    const lines = createInterface({ input: terminal.stdin, crlfDelay: Infinity });
    for await (const line of lines) await door.publish(channel, read(line));
  });
  return exitCodes.ok;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageMistake(`'${text}' is no JSON. To send it as text: --text`);
  }
}
