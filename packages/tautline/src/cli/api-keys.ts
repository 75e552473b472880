/**
 * The HTTP API for backends, from the command line, the environment and the configuration file: its keys, and where it is. As with
 * tokens, a key is never an argument, and no message repeats it.
 */
import { ApiKeys } from "../api/api-keys.ts";
import type { ApiOptions } from "../api/options.ts";
import { apiDefaults, resolveApiOptions } from "../api/options.ts";
import { UsageMistake } from "./command.ts";
import { keyTexts } from "./key-files.ts";
import { naming } from "./settings/naming.ts";
import type { Choices, SettingTable } from "./settings/setting.ts";

export const apiKeySettings = {
  apiKeyFile: {
    kind: "list",
    path: true,
    value: "file",
    text: "open the HTTP API to whoever has a key of this file, one in each line",
  },
  apiKey: {
    kind: "list",
    secret: true,
    text: "keys that open the HTTP API, with spaces between them",
  },
  apiPrefix: {
    kind: "text",
    value: "path",
    default: apiDefaults.prefix,
    text: "what stands before the names of the API's methods",
  },
} as const satisfies SettingTable;

/** @throws UsageMistake for keys that cannot be read or are none, and for a prefix that is no path */
export async function apiChoice(
  choices: Choices<typeof apiKeySettings>,
): Promise<Pick<ApiOptions, "keys" | "prefix">> {
  const { apiKeyFile, apiKey, apiPrefix } = choices;
  const lines = (await keyTexts(apiKeyFile)).flatMap((text) => text.split(/\r?\n/u));
  const fromFiles = lines.map((line) => line.trim()).filter((line) => line !== "");
  if (apiKeyFile !== undefined && fromFiles.length === 0) {
    throw new UsageMistake(`${apiKeyFile.name}: there is no key in it`);
  }
  const keys = [...fromFiles, ...(apiKey?.value ?? [])];
  const prefix = apiPrefix.value;
  naming([apiKeyFile, apiKey], () => new ApiKeys(keys));
  naming([apiPrefix], () => resolveApiOptions({ prefix }));
  return { keys, prefix };
}
