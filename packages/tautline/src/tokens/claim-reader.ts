/**
 * Reads the claims of a token whose signature is good. An authority can be wrong too: what has another type than it should
 * have makes the token invalid, whole, so that no half of it is granted.
 */
import type { Operation } from "@tautline/hub";

/** A claim is not what it should be. */
export class ClaimMistake extends Error {
  override readonly name = "ClaimMistake";
}

export type Claims = Readonly<Record<string, unknown>>;

const operations: ReadonlyMap<unknown, Operation> = new Map([
  ["sub", "subscribe"],
  ["pub", "publish"],
  ["prs", "presence"],
  ["hst", "history"],
]);

export function textIn(claims: Claims, name: string): string | undefined {
  const value = claims[name];
  if (value === undefined || typeof value === "string") return value;
  throw new ClaimMistake(`"${name}" is no text`);
}

export function listIn(claims: Claims, name: string): readonly unknown[] | undefined {
  const value = claims[name];
  if (value === undefined || Array.isArray(value)) return value;
  throw new ClaimMistake(`"${name}" is no list`);
}

export function textsIn(claims: Claims, name: string): readonly string[] | undefined {
  return listIn(claims, name)?.map((value) => {
    if (typeof value !== "string") throw new ClaimMistake(`"${name}" has more than texts`);
    return value;
  });
}

export function claimsOf(value: unknown, name: string): Claims {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ClaimMistake(`"${name}" is no object`);
  }
  return { ...value };
}

/** Values that are JSON: as such, or in Base64 for those who have nothing but bytes. */
export function jsonIn(claims: Claims, name: string): unknown {
  const coded = textIn(claims, `b64${name}`);
  if (coded === undefined || coded === "") return claims[name];
  try {
    return JSON.parse(Buffer.from(coded, "base64").toString("utf8"));
  } catch {
    throw new ClaimMistake(`"b64${name}" is no JSON`);
  }
}

/** What is allowed, without what this server does not know. */
export function operationsIn(claims: Claims, name: string): readonly Operation[] | undefined {
  return listIn(claims, name)?.flatMap((value) => operations.get(value) ?? []);
}

/**
 * When what the token grants is over, in milliseconds since 1970: with the token (`exp`), or at another time, or with 0
 * never (`expire_at`).
 */
export function endIn(claims: Claims): number | undefined {
  const seconds = claims["expire_at"] ?? claims["exp"];
  if (seconds === undefined) return undefined;
  if (typeof seconds !== "number") throw new ClaimMistake('"expire_at" is no number');
  return seconds > 0 ? seconds * 1000 : undefined;
}
