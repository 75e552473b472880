/** How the commands that speak with a hub find it, and what lets them in. */
import { serveDefaults } from "../../serve/options.ts";
import { paths } from "../../serve/server.ts";
import { keyTextIn } from "../key-files.ts";
import { UsageMistake } from "../command.ts";
import type { Choice, Choices, SettingTable } from "../settings/setting.ts";

const here = `localhost:${serveDefaults.port}`;

export const clientSettings = {
  url: {
    kind: "text",
    value: "address",
    default: `ws://${here}${paths.hub}`,
    text: "the hub's address",
  },
  tokenFile: {
    kind: "text",
    path: true,
    value: "file",
    text: "connect with the token in this file",
  },
  token: { kind: "text", secret: true, text: "a token to connect with" },
} as const satisfies SettingTable;

export const apiSettings = {
  apiUrl: {
    kind: "text",
    value: "address",
    default: `http://${here}/api`,
    text: "with a key: the address of the HTTP API",
  },
  apiKeyFile: {
    kind: "text",
    path: true,
    value: "file",
    text: "go through the HTTP API, with the key in the first line of this file",
  },
  apiKey: { kind: "text", secret: true, text: "go through the HTTP API, with this key" },
} as const satisfies SettingTable;

/** The hub's address, with a path where none was given. @throws UsageMistake when it is none */
export function hubUrl({ url: { value, name } }: Choices<typeof clientSettings>): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // As the WHATWG's WebSocket does (WebSockets Standard §3.1).
  if (url?.protocol === "http:") url.protocol = "ws:";
  if (url?.protocol === "https:") url.protocol = "wss:";
  if (url === undefined || !/^wss?:$/u.test(url.protocol)) {
    throw new UsageMistake(`${name} takes an address such as ws://localhost:8080, not '${value}'`);
  }
  if (url.pathname === "/") url.pathname = paths.hub;
  return url;
}

/** The token to connect with, if there is one. @throws UsageMistake for a file that cannot be read */
export async function clientToken({
  token,
  tokenFile,
}: Choices<typeof clientSettings>): Promise<string | undefined> {
  return tokenFile === undefined ? token?.value : await firstLineOf(tokenFile);
}

/** The key of the API, if there is one. @throws UsageMistake for a file that cannot be read */
export async function givenApiKey({
  apiKey,
  apiKeyFile,
}: Choices<typeof apiSettings>): Promise<string | undefined> {
  if (apiKeyFile !== undefined) return firstLineOf(apiKeyFile);
  // A server may have several in the same variable; any of them will do.
  return apiKey?.value.trim().split(/\s+/u)[0];
}

async function firstLineOf(file: Choice<string>): Promise<string> {
  const { value, name } = file;
  const [line = ""] = (await keyTextIn(file)).trim().split(/\r?\n/u);
  if (line === "") throw new UsageMistake(`${name}: there is nothing in '${value}'`);
  return line.trim();
}
