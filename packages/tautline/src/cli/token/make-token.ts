/** `tautline token make`: signs claims. */
import { SignJWT } from "jose";

import { UsageMistake } from "../command.ts";
import { keyTextIn, keyTexts } from "../key-files.ts";
import type { Choices } from "../settings/setting.ts";
import { lifetimeSeconds } from "./lifetime.ts";
import type { SigningKey } from "./signing-key.ts";
import { privateKey, secretKey } from "./signing-key.ts";
import type { tokenSettings } from "./token-settings.ts";

export interface TokenRequest {
  readonly user: string | undefined;
  readonly channel: string | undefined;
  /** As in `name=value`. */
  readonly claims: readonly string[];
  readonly expires: string;
  readonly algorithm: string | undefined;
}

/** @throws UsageMistake for want of a key, and for claims or an algorithm that make no sense */
export async function makeToken(
  choices: Choices<typeof tokenSettings>,
  request: TokenRequest,
  nowMs: number,
): Promise<string> {
  const { key, algorithms } = await signingKey(choices);
  const alg = request.algorithm ?? algorithms[0] ?? "";
  if (!algorithms.includes(alg)) {
    throw new UsageMistake(
      `--algorithm takes ${algorithms.join(", ")} with this key, not '${alg}'`,
    );
  }
  const seconds = lifetimeSeconds(request.expires);
  const now = Math.floor(nowMs / 1000);
  const { tokenIssuer, tokenAudience } = choices;
  const claims = {
    ...(request.user !== undefined && { sub: request.user }),
    ...(request.channel !== undefined && { channel: request.channel }),
    ...(tokenIssuer !== undefined && { iss: tokenIssuer.value }),
    ...(tokenAudience !== undefined && { aud: tokenAudience.value }),
    iat: now,
    ...(seconds !== undefined && { exp: now + seconds }),
    ...claimsIn(request.claims),
  };
  return new SignJWT(claims).setProtectedHeader({ alg, typ: "JWT" }).sign(key);
}

async function signingKey(choices: Choices<typeof tokenSettings>): Promise<SigningKey> {
  const { tokenHmacSecret, tokenHmacSecretFile, tokenPrivateKeyFile } = choices;
  if (tokenPrivateKeyFile !== undefined) {
    return privateKey(await keyTextIn(tokenPrivateKeyFile), tokenPrivateKeyFile.name);
  }
  const [fromFile] = await keyTexts(tokenHmacSecretFile);
  if (fromFile !== undefined) return secretKey(fromFile, tokenHmacSecretFile?.name ?? "");
  if (tokenHmacSecret !== undefined) return secretKey(tokenHmacSecret.value, tokenHmacSecret.name);
  throw new UsageMistake(
    "a token is signed with a key: --token-hmac-secret-file, --token-private-key-file, or TAUTLINE_TOKEN_HMAC_SECRET",
  );
}

/** A value is JSON if it can be, else a text. */
function claimsIn(texts: readonly string[]): Record<string, unknown> {
  const pairs = texts.map((text) => {
    const [name = "", ...rest] = text.split("=");
    if (name === "" || rest.length === 0) {
      throw new UsageMistake(`--claim takes <name>=<value>, not '${text}'`);
    }
    return [name, valueOf(rest.join("="))] as const;
  });
  return Object.fromEntries(pairs);
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
