/**
 * The console's token, from the command line, the environment and the configuration file; a random one where nobody gives any. As
 * with tokens and keys, it is never an argument, and no message repeats it.
 */
import { randomBytes } from "node:crypto";

import { ConsoleToken } from "../console/console-token.ts";
import { UsageMistake } from "./command.ts";
import { keyTextIn } from "./key-files.ts";
import { naming } from "./settings/naming.ts";
import type { Choices, SettingTable } from "./settings/setting.ts";

export const consoleSettings = {
  consoleTokenFile: {
    kind: "text",
    path: true,
    value: "file",
    text: "open the page's dashboard and inspector to whoever has the token in this file; without one, a new token is printed at each start",
  },
  consoleToken: {
    kind: "text",
    secret: true,
    text: "the token of the page's dashboard and inspector",
  },
  probeHost: {
    kind: "list",
    value: "host",
    otherwise: "this machine alone",
    text: "let the page's wire inspector dial this host, by name or address; repeat it for more",
  },
} as const satisfies SettingTable;

/** @throws UsageMistake for a token that cannot be read, or can be guessed */
export async function consoleTokenChoice(
  choices: Choices<typeof consoleSettings>,
): Promise<string> {
  const { consoleTokenFile, consoleToken } = choices;
  if (consoleTokenFile === undefined && consoleToken === undefined) {
    return randomBytes(18).toString("base64url");
  }
  const fromFile = consoleTokenFile && (await keyTextIn(consoleTokenFile));
  const token = (fromFile ?? consoleToken?.value ?? "").trim();
  if (token === "" && consoleTokenFile !== undefined) {
    throw new UsageMistake(`${consoleTokenFile.name}: there is no token in it`);
  }
  naming([consoleTokenFile, consoleToken], () => new ConsoleToken(token));
  return token;
}
