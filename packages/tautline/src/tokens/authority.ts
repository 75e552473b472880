/**
 * One authority: which tokens it can have signed, and whether it has. What a token says counts from here on and not before;
 * only its algorithm and its issuer are looked at earlier, to find the key that has to prove them.
 */
import { decodeProtectedHeader, jwtVerify } from "jose";
import type { JWTVerifyOptions, RemoteJWKSet } from "jose";
import { JWSSignatureVerificationFailed, JWTInvalid } from "jose/errors";

import type { Claims } from "./claim-reader.ts";
import { KeyRing } from "./key-ring.ts";
import { remoteAlgorithms, remoteKeys } from "./remote-keys.ts";
import type { TokenOptions } from "./token-options.ts";
import { tokenDefaults } from "./token-options.ts";

export class Authority {
  readonly #issuer: string | undefined;
  readonly #keys: KeyRing;
  readonly #remote: RemoteJWKSet | undefined;
  readonly #checks: JWTVerifyOptions;

  /** @throws RangeError for options that make no sense */
  constructor(options: TokenOptions) {
    const { issuer, audience, jwksUrl } = options;
    const { clockToleranceMs, dangerouslyFetchKeysOverHttp } = { ...tokenDefaults, ...options };
    // Written so that NaN fails too.
    if (!((clockToleranceMs ?? 0) >= 0))
      throw new RangeError("clockToleranceMs must be at least 0");
    this.#issuer = issuer;
    this.#keys = new KeyRing(options);
    this.#remote =
      jwksUrl === undefined
        ? undefined
        : remoteKeys(jwksUrl, dangerouslyFetchKeysOverHttp === true);
    if (this.#remote === undefined && this.#keys.algorithms.length === 0) {
      throw new RangeError("Tokens need keys: hmacSecrets, publicKeys or jwksUrl");
    }
    this.#checks = {
      clockTolerance: (clockToleranceMs ?? tokenDefaults.clockToleranceMs) / 1000,
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
    };
  }

  /** Whether it signs tokens that say they are from `issuer`. */
  signsFor(issuer: unknown): boolean {
    return this.#issuer === undefined || this.#issuer === issuer;
  }

  /**
   * The claims of a token that it has signed, for now and for here.
   *
   * @throws an error of jose when it has not; KeysUnavailable when that cannot be said
   */
  async verify(token: string): Promise<Claims> {
    const alg = algorithmOf(token);
    let failure: unknown;
    for (const key of this.#keys.for(alg)) {
      try {
        const { payload } = await jwtVerify(token, key, { ...this.#checks, algorithms: [alg] });
        return payload;
      } catch (error) {
        failure = error;
        // Another key of the same kind may have signed it; a claim that is wrong stays wrong.
        if (!(error instanceof JWSSignatureVerificationFailed)) throw error;
      }
    }
    if (this.#remote !== undefined && remoteAlgorithms.includes(alg)) {
      const checks = { ...this.#checks, algorithms: remoteAlgorithms };
      return (await jwtVerify(token, this.#remote, checks)).payload;
    }
    throw failure ?? new AlgorithmRefused(alg);
  }
}

/** The algorithm that the token names: "none" too, for which there is never a key. */
function algorithmOf(token: string): string {
  try {
    return String(decodeProtectedHeader(token).alg);
  } catch (cause) {
    throw new JWTInvalid("it has no header", { cause });
  }
}

/** No key here goes with the token's algorithm; "none" is one of those (RFC 8725 §3.2). */
export class AlgorithmRefused extends Error {
  override readonly name = "AlgorithmRefused";

  constructor(algorithm: string) {
    super(`no key here goes with the algorithm ${JSON.stringify(algorithm.slice(0, 20))}`);
  }
}
