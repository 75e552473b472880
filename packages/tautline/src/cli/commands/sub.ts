/** `tautline sub`: prints what is published in channels. */
import type { Client } from "@tautline/client";

import type { Command, OptionTable } from "../command.ts";
import { exitCodes, parseArguments, UsageMistake, wholeNumber } from "../command.ts";
import { connectedClient, memberRow, publicationRow } from "../hub/client-door.ts";
import { clientSettings, clientToken, hubUrl } from "../hub/hub-settings.ts";
import { JsonLines } from "../hub/json-lines.ts";
import { choose } from "../settings/choose.ts";
import { flagsOf, secretsNote } from "../settings/flags.ts";
import { styleFor } from "../style.ts";
import type { Terminal } from "../terminal.ts";

const ownOptions = {
  count: { type: "string", short: "n", value: "number", text: "end after so many publications" },
  "join-leave": { type: "boolean", text: "print who comes and goes as well" },
} as const satisfies OptionTable;

const options = { ...flagsOf(clientSettings), ...ownOptions };

export const subCommand: Command = {
  name: "sub",
  summary: "Prints what is published in channels, a line of JSON for each publication",
  operands: "<channel>…",
  options,
  examples: [
    ["tautline sub news", "all there is, until Ctrl-C"],
    ["tautline sub news -n 1 | jq .data", "the next one alone"],
    ["tautline sub news sport --url wss://example.com --token-file token.txt", "of another server"],
  ],
  notes: [
    "It reconnects by itself, and gets what it missed where the server keeps it.",
    ...secretsNote(clientSettings),
  ],
  exitCodes: [
    [exitCodes.ok, "ended by Ctrl-C, by --count, or because nobody reads any more"],
    [exitCodes.failure, "could not connect or subscribe, or the server has ended it for good"],
    [exitCodes.usage, "wrong command line"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, { ...options, ...ownOptions });
  if (operands.length === 0)
    throw new UsageMistake("sub needs a channel, as in: tautline sub news");
  const range = { least: 1, most: 1e12 };
  const most = values.count === undefined ? Infinity : wholeNumber(values.count, "--count", range);
  const choices = choose(clientSettings, { flags: values, env: terminal.env });
  const client = await connectedClient(hubUrl(choices), await clientToken(choices));
  const joinLeave = values["join-leave"] === true;
  try {
    return await listen(client, new Set(operands), { most, joinLeave, terminal });
  } finally {
    await client.disconnect();
  }
}

interface Listening {
  readonly most: number;
  readonly joinLeave: boolean;
  readonly terminal: Terminal;
}

/** Prints until it is time to end; resolves to the exit code. */
function listen(
  client: Client,
  channels: ReadonlySet<string>,
  { most, joinLeave, terminal }: Listening,
): Promise<number> {
  return new Promise((resolve) => {
    let isOver = false;
    const end = (code: number): void => {
      isOver = true;
      for (const release of releases) release();
      resolve(code);
    };
    const fail = (text: string): void => {
      // The client disconnects when it is over, which is no failure.
      if (isOver) return;
      const style = styleFor(terminal.stderr, terminal.env);
      terminal.stderr.write(`${style.red("tautline:")} ${text}\n`);
      end(exitCodes.failure);
    };
    const lines = new JsonLines(terminal.stdout, () => end(exitCodes.ok));
    let left = most;
    for (const channel of channels) {
      const subscription = client.subscribe(channel, { joinLeave });
      subscription.onPublication((publication) => {
        if (left <= 0) return;
        left -= 1;
        lines.print(publicationRow(publication));
        if (left === 0) end(exitCodes.ok);
      });
      subscription.onJoin((member) => lines.print({ channel, join: memberRow(member) }));
      subscription.onLeave((member) => lines.print({ channel, leave: memberRow(member) }));
      subscription.onStateChange(({ state, code, reason }) => {
        if (state === "unsubscribed" && client.state !== "disconnected") {
          fail(`not subscribed to ${channel}: ${code} ${reason}`);
        }
      });
    }
    client.onStateChange(({ state, code, reason }) => {
      if (state === "disconnected") fail(`disconnected: ${code} ${reason}`);
    });
    const releases = (["SIGINT", "SIGTERM"] as const).map((signal) =>
      terminal.onSignal(signal, () => end(exitCodes.ok)),
    );
  });
}
