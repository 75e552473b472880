/**
 * The keys of tokens, from the command line, the environment and the configuration file. A secret is never an argument: every
 * program on the machine can read those. It comes in a file or in the environment, and no message repeats it.
 */
import { jwtVerifier } from "../tokens/jwt-verifier.ts";
import type { TokenOptions } from "../tokens/token-options.ts";
import { UsageMistake } from "./command.ts";
import { keyTexts } from "./key-files.ts";
import { naming } from "./settings/naming.ts";
import type { Choices, SettingTable } from "./settings/setting.ts";

export const tokenKeySettings = {
  tokenHmacSecretFile: {
    kind: "list",
    path: true,
    value: "file",
    text: "take tokens signed with the secret in this file",
  },
  tokenHmacSecret: { kind: "text", secret: true, text: "a secret that tokens are signed with" },
  tokenPublicKeyFile: {
    kind: "list",
    path: true,
    value: "file",
    text: "take tokens that go with this public key, in PEM",
  },
  tokenJwksUrl: {
    kind: "text",
    value: "url",
    text: "take tokens that go with the public keys at this address",
  },
  tokenIssuer: { kind: "text", value: "text", text: "and only those of this issuer" },
  tokenAudience: { kind: "text", value: "text", text: "and only those for this audience" },
} as const satisfies SettingTable;

/**
 * What was said about tokens; `undefined` when nothing was.
 *
 * @throws UsageMistake for keys that cannot be read or make no sense
 */
export async function tokenKeys(
  choices: Choices<typeof tokenKeySettings>,
): Promise<TokenOptions | undefined> {
  const { tokenHmacSecretFile, tokenHmacSecret, tokenPublicKeyFile, tokenJwksUrl } = choices;
  const hmacSecrets = await keyTexts(tokenHmacSecretFile);
  if (tokenHmacSecret !== undefined) hmacSecrets.push(tokenHmacSecret.value);
  const publicKeys = await keyTexts(tokenPublicKeyFile);
  const jwksUrl = tokenJwksUrl?.value;
  const issuer = choices.tokenIssuer?.value;
  const audience = choices.tokenAudience?.value;
  if (hmacSecrets.length + publicKeys.length === 0 && jwksUrl === undefined) {
    if (issuer === undefined && audience === undefined) return undefined;
    throw new UsageMistake("--token-issuer and --token-audience need keys beside them");
  }
  const tokens = { hmacSecrets, publicKeys, jwksUrl, issuer, audience };
  const secrets = [tokenHmacSecretFile, tokenHmacSecret];
  naming(secrets, () => hmacSecrets.length > 0 && jwtVerifier({ hmacSecrets }));
  naming([tokenPublicKeyFile], () => publicKeys.length > 0 && jwtVerifier({ publicKeys }));
  naming([tokenJwksUrl], () => jwksUrl !== undefined && jwtVerifier({ jwksUrl }));
  return tokens;
}
