/**
 * The keys of tokens, from the command line and the environment. A secret is never an argument: every program on the machine
 * can read those. It comes in a file or in the environment, and no message repeats it.
 */
import { readFile } from "node:fs/promises";

import type { TokenOptions } from "../tokens/token-options.ts";
import type { OptionTable } from "./command.ts";
import { UsageMistake } from "./command.ts";

/** The variable that holds a secret. */
const secretVariable = "TAUTLINE_TOKEN_HMAC_SECRET";

export const tokenKeyOptions = {
  "token-hmac-secret-file": {
    type: "string",
    value: "file",
    multiple: true,
    text: `take tokens signed with the secret in this file, or in ${secretVariable}`,
  },
  "token-public-key-file": {
    type: "string",
    value: "file",
    multiple: true,
    text: "take tokens that go with this public key, in PEM",
  },
  "token-jwks-url": {
    type: "string",
    value: "url",
    text: "take tokens that go with the public keys at this address",
  },
  "token-issuer": { type: "string", value: "text", text: "and only those of this issuer" },
  "token-audience": { type: "string", value: "text", text: "and only those for this audience" },
} as const satisfies OptionTable;

type TokenKeyValues = {
  readonly [Name in keyof typeof tokenKeyOptions]?: (typeof tokenKeyOptions)[Name] extends {
    multiple: true;
  }
    ? readonly string[]
    : string;
};

/** What was said about tokens; `undefined` when nothing was. */
export async function tokenKeys(
  values: TokenKeyValues,
  env: Readonly<Record<string, string | undefined>>,
): Promise<TokenOptions | undefined> {
  const secret = env[secretVariable] ?? "";
  const hmacSecrets = await texts(values["token-hmac-secret-file"], "--token-hmac-secret-file");
  if (secret !== "") hmacSecrets.push(secret);
  const publicKeys = await texts(values["token-public-key-file"], "--token-public-key-file");
  const jwksUrl = values["token-jwks-url"];
  const issuer = values["token-issuer"];
  const audience = values["token-audience"];
  if (hmacSecrets.length + publicKeys.length === 0 && jwksUrl === undefined) {
    if (issuer === undefined && audience === undefined) return undefined;
    throw new UsageMistake("--token-issuer and --token-audience need keys beside them");
  }
  return { hmacSecrets, publicKeys, jwksUrl, issuer, audience };
}

/** The files' texts without the end of the line that editors put there. */
function texts(files: readonly string[] = [], option: string): Promise<string[]> {
  return Promise.all(
    files.map(async (file) => {
      try {
        return (await readFile(file, "utf8")).replace(/\r?\n$/u, "");
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
        throw new UsageMistake(`${option} cannot read '${file}' (${code})`);
      }
    }),
  );
}
