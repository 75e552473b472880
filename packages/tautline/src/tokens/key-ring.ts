/**
 * Keys that do not change while the server runs, by the algorithms they may be used with. Which algorithm goes with which
 * key is decided here, from the key, and never by a token: so nobody can have a public key taken for a secret
 * (RFC 8725 §2.1, §3.1).
 */
import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

import type { TokenOptions } from "./token-options.ts";

export type VerificationKey = Uint8Array | KeyObject;

/** RFC 7518 §3.2: as long as what the hash gives, or longer. */
const leastSecretBytes = 32;

const hmacAlgorithms = ["HS256", "HS384", "HS512"];
const rsaAlgorithms = ["RS256", "RS384", "RS512"];
/** RFC 8037 §3.1, and the name that RFC 9864 gives to the same. */
const edwardsAlgorithms = ["EdDSA", "Ed25519"];

/** RFC 7518 §3.4, by OpenSSL's names of the curves. */
const curveAlgorithms: Readonly<Record<string, string>> = {
  prime256v1: "ES256",
  secp384r1: "ES384",
  secp521r1: "ES512",
};

export class KeyRing {
  readonly #byAlgorithm = new Map<string, VerificationKey[]>();

  /** @throws RangeError for a secret that is too short, or a key of a kind that signs no tokens */
  constructor({ hmacSecrets = [], publicKeys = [] }: TokenOptions) {
    for (const secret of hmacSecrets) this.#add(hmacAlgorithms, secretBytes(secret));
    for (const pem of publicKeys) {
      const key = publicKey(pem);
      this.#add(algorithmsOf(key), key);
    }
  }

  get algorithms(): readonly string[] {
    return [...this.#byAlgorithm.keys()];
  }

  /** The keys that may have signed with `algorithm`. */
  for(algorithm: string): readonly VerificationKey[] {
    return this.#byAlgorithm.get(algorithm) ?? [];
  }

  #add(algorithms: readonly string[], key: VerificationKey): void {
    for (const algorithm of algorithms) {
      this.#byAlgorithm.set(algorithm, [...this.for(algorithm), key]);
    }
  }
}

/** Says nothing of the secret itself, in whatever way it is wrong. */
function secretBytes(secret: string | Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(typeof secret === "string" ? Buffer.from(secret) : secret);
  if (bytes.length < leastSecretBytes) {
    throw new RangeError(`A secret for tokens has at least ${leastSecretBytes} bytes`);
  }
  if (Buffer.from(bytes).includes("-----BEGIN")) {
    throw new RangeError("A key in PEM is no secret for tokens: give it as a public key");
  }
  return bytes;
}

function publicKey(pem: string): KeyObject {
  if (pem.includes("PRIVATE KEY")) {
    throw new RangeError("A private key does not belong here: give the public key");
  }
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new RangeError("A public key for tokens has to be in PEM", { cause: error });
  }
}

function algorithmsOf(key: KeyObject): readonly string[] {
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = key;
  if (kind === "rsa") {
    if ((details?.modulusLength ?? 0) >= 2048) return rsaAlgorithms;
    throw new RangeError("An RSA key for tokens has at least 2048 bits");
  }
  if (kind === "ed25519") return edwardsAlgorithms;
  const algorithm = curveAlgorithms[details?.namedCurve ?? ""];
  if (kind === "ec" && algorithm !== undefined) return [algorithm];
  throw new RangeError(
    `A key of the kind ${kind} ${details?.namedCurve ?? ""} signs no tokens here`,
  );
}
