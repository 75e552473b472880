/** `tautline token read`: shows what is in a token, and says that it is good only if a key has said so. */
import { decodeJwt, decodeProtectedHeader } from "jose";

import { Authority } from "../../tokens/authority.ts";
import type { TokenOptions } from "../../tokens/token-options.ts";
import { UsageMistake } from "../command.ts";
import { printable } from "../printable.ts";
import type { Style } from "../style.ts";
import { readableTime } from "./lifetime.ts";

export interface TokenReading {
  readonly header: object;
  readonly claims: object;
  /** Whether a key says that it is good; `null`: there was no key to ask. */
  readonly verified: boolean | null;
  /** Why it is not good. */
  readonly reason?: string;
}

/** @throws UsageMistake for a text that is no token; nothing of it is repeated */
export async function readToken(
  token: string,
  keys: TokenOptions | undefined,
): Promise<TokenReading> {
  const parts = partsOf(token);
  if (keys === undefined) return { ...parts, verified: null };
  try {
    await new Authority(keys).verify(token);
    return { ...parts, verified: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...parts, verified: false, reason };
  }
}

function partsOf(token: string): Pick<TokenReading, "header" | "claims"> {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    throw new UsageMistake(
      "that is no JSON Web Token: three parts in base64url with dots in between",
    );
  }
}

/** The claims that are times (RFC 7519 §4.1, and the one of the hub's own). */
const times = new Set(["exp", "nbf", "iat", "expire_at"]);

/** For people. What is in a token comes from a stranger, and is made harmless. */
export function readingText(reading: TokenReading, style: Style, nowMs: number): string {
  const row = ([name, value]: readonly [string, unknown]): string => {
    const text = times.has(name) ? readableTime(value, nowMs) : JSON.stringify(value);
    return `  ${style.dim(printable(name).padEnd(10))} ${printable(text)}`;
  };
  return [
    style.bold("Header"),
    ...Object.entries(reading.header).map(row),
    style.bold("Claims"),
    ...Object.entries(reading.claims).map(row),
    verdict(reading, style),
    "",
  ].join("\n");
}

function verdict({ verified, reason = "" }: TokenReading, style: Style): string {
  if (verified === null) {
    return style.yellow(
      "Not verified: anybody can write such a token. A key says whether it is good.",
    );
  }
  if (verified) return style.green("Verified: a key has signed it, and it is good now.");
  return style.red(`Not good: ${printable(reason)}`);
}
