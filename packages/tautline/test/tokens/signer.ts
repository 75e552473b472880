/** Signs tokens as an authority would, good ones and others. */
import { createHmac, generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { SignJWT } from "jose";

export const secret = "a secret of more than thirty-two bytes, for tests alone";

/** Signs whatever it is told to, with the times and the header it is told. */
export function sign(
  claims: Readonly<Record<string, unknown>>,
  key: string | KeyObject = secret,
  header: { readonly alg: string; readonly kid?: string } = { alg: "HS256" },
): Promise<string> {
  const bytes = typeof key === "string" ? new TextEncoder().encode(key) : key;
  return new SignJWT({ ...claims }).setProtectedHeader(header).sign(bytes);
}

/** A token put together by hand, for what a library would not sign. */
export function forge(
  header: object,
  claims: object,
  signature: (signed: string) => string = () => "",
): string {
  const signed = [header, claims].map((part) => encode(JSON.stringify(part))).join(".");
  return `${signed}.${signature(signed)}`;
}

/** HMAC with SHA-256, whatever the key is. */
export function hmac(key: string | Uint8Array): (signed: string) => string {
  return (signed) => createHmac("sha256", key).update(signed).digest("base64url");
}

export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public one. */
  readonly pem: string;
}

export function keyPair(algorithm: string): KeyPair {
  const pair = generate(algorithm);
  return { ...pair, pem: pair.publicKey.export({ type: "spki", format: "pem" }).toString() };
}

function generate(algorithm: string): { privateKey: KeyObject; publicKey: KeyObject } {
  const curves: Readonly<Record<string, string>> = {
    ES256: "P-256",
    ES384: "P-384",
    ES512: "P-521",
  };
  const namedCurve = curves[algorithm];
  if (namedCurve !== undefined) return generateKeyPairSync("ec", { namedCurve });
  if (algorithm === "EdDSA") return generateKeyPairSync("ed25519");
  return generateKeyPairSync("rsa", { modulusLength: 2048 });
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}
