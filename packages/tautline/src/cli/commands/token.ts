/** `tautline token`: makes and reads JSON Web Tokens, for trying things out and finding out why one is refused. */
import type { Command, OptionTable } from "../command.ts";
import { exitCodes, parseArguments, UsageMistake } from "../command.ts";
import { choose } from "../settings/choose.ts";
import { flagsOf, secretsNote } from "../settings/flags.ts";
import { styleFor } from "../style.ts";
import type { Terminal } from "../terminal.ts";
import { firstLine } from "../token/first-line.ts";
import { makeToken } from "../token/make-token.ts";
import { readingText, readToken } from "../token/read-token.ts";
import { tokenSettings } from "../token/token-settings.ts";
import { tokenKeys } from "../token-keys.ts";

const ownOptions = {
  user: { type: "string", short: "u", value: "id", text: "make: for this user (sub)" },
  channel: {
    type: "string",
    value: "name",
    text: "make: for subscribing to this channel, not for connecting",
  },
  claim: {
    type: "string",
    multiple: true,
    value: "name=value",
    text: "make: with this claim; the value is JSON if it can be, else a text",
  },
  expires: {
    type: "string",
    value: "time",
    text: "make: good for so long, as in 30s, 15m, 1h, 7d, or never (1h)",
  },
  algorithm: {
    type: "string",
    value: "name",
    text: "make: sign like this (HS256 with a secret, else what goes with the key)",
  },
  json: { type: "boolean", text: "read: print JSON" },
} as const satisfies OptionTable;

const options = { ...flagsOf(tokenSettings), ...ownOptions };

export const tokenCommand: Command = {
  name: "token",
  summary: "Makes a JSON Web Token, or shows what is in one and whether it is good",
  operands: "make | read <token>",
  options,
  examples: [
    ["tautline token make --user ann --token-hmac-secret-file secret.txt", "good for an hour"],
    [
      "tautline token make --user ann --channel news --expires 5m --token-private-key-file key.pem",
      "for a channel, signed with ES256, EdDSA or RS256, as the key has it",
    ],
    ["echo $TOKEN | tautline token read", "what it says, without a word on whether it is true"],
    ["tautline token read $TOKEN --token-public-key-file key.pub", "and whether it is good"],
  ],
  notes: secretsNote(tokenSettings),
  exitCodes: [
    [exitCodes.ok, "made; or read, and good if there was a key to ask"],
    [exitCodes.failure, "the token is not good"],
    [exitCodes.usage, "wrong command line, a key that is none, or no token"],
  ],
  run,
};

async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, operands } = parseArguments(args, { ...options, ...ownOptions });
  const choices = choose(tokenSettings, { flags: values, env: terminal.env });
  const [action, ...rest] = operands;
  if (action === "make") {
    if (rest.length > 0) throw new UsageMistake(`token make takes no operand, not '${rest[0]}'`);
    const { user, channel, claim: claims = [], expires = "1h", algorithm } = values;
    const request = { user, channel, claims, expires, algorithm };
    terminal.stdout.write(`${await makeToken(choices, request, Date.now())}\n`);
    return exitCodes.ok;
  }
  if (action !== "read") {
    throw new UsageMistake("token takes what is to be done: make, or read <token>");
  }
  if (rest.length > 1) throw new UsageMistake("token read takes one token");
  const [given = "-"] = rest;
  const token = given === "-" ? await firstLine(terminal.stdin) : given;
  const reading = await readToken(token.trim(), await tokenKeys(choices));
  const style = styleFor(terminal.stdout, terminal.env);
  terminal.stdout.write(
    values.json === true ? `${JSON.stringify(reading)}\n` : readingText(reading, style, Date.now()),
  );
  return reading.verified === false ? exitCodes.failure : exitCodes.ok;
}
