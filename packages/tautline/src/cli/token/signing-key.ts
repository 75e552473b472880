/** The key that a token is signed with, and the algorithm that goes with it. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { KeyRing } from "../../tokens/key-ring.ts";
import { UsageMistake } from "../command.ts";

export interface SigningKey {
  readonly key: KeyObject | Uint8Array;
  /** Those it may be used with, the usual one first. */
  readonly algorithms: readonly string[];
}

/** @throws UsageMistake for a secret that is too short; nothing of it is repeated */
export function secretKey(secret: string, name: string): SigningKey {
  const { algorithms } = ring(name, () => new KeyRing({ hmacSecrets: [secret] }));
  return { key: new TextEncoder().encode(secret), algorithms };
}

/** @throws UsageMistake for a text that is no private key in PEM, and for a key that signs no tokens */
export function privateKey(pem: string, name: string): SigningKey {
  const key = keyIn(pem, name);
  // A key is good for what its public half is good for, which is decided in one place.
  const publicKeys = [publicHalf(key)];
  return { key, algorithms: ring(name, () => new KeyRing({ publicKeys })).algorithms };
}

function keyIn(pem: string, name: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new UsageMistake(`${name}: there is no private key in PEM in it`);
  }
}

function publicHalf(key: KeyObject): string {
  return createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
}

function ring(name: string, open: () => KeyRing): KeyRing {
  try {
    return open();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageMistake(`${name}: ${error.message}`);
    throw error;
  }
}
