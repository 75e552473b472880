/**
 * The hub's verifier of tokens, for JSON Web Tokens (RFC 7519) with the claims of Centrifugo. It finds the authority that
 * a token says it is from, has it verified there, and turns what goes wrong into one of the hub's three answers: expired,
 * invalid, or cannot be said.
 */
import type { TokenVerdict, TokenVerifier } from "@tautline/hub";
import { decodeJwt } from "jose";
import { JOSEError, JWTClaimValidationFailed, JWTExpired } from "jose/errors";

import { AlgorithmRefused, Authority } from "./authority.ts";
import type { Claims } from "./claim-reader.ts";
import { ClaimMistake } from "./claim-reader.ts";
import { connectionClaims } from "./connection-claims.ts";
import { subscriptionClaims } from "./subscription-claims.ts";
import type { TokenOptions } from "./token-options.ts";

/**
 * Verifies tokens of one or more authorities.
 *
 * @throws RangeError for options that make no sense
 */
export function jwtVerifier(options: TokenOptions | readonly TokenOptions[]): TokenVerifier {
  const authorities = [options].flat().map((one) => new Authority(one));
  if (authorities.length === 0) throw new RangeError("Tokens need an authority");
  return {
    connection: (token) => verdictOn(authorities, token, connectionClaims),
    subscription: (token) => verdictOn(authorities, token, subscriptionClaims),
  };
}

async function verdictOn<Granted>(
  authorities: readonly Authority[],
  token: string,
  read: (claims: Claims) => Granted,
): Promise<TokenVerdict<Granted>> {
  try {
    return { claims: read(await verified(authorities, token)) };
  } catch (error) {
    return faultOf(error);
  }
}

/** The claims, from the first authority that has signed the token. */
async function verified(authorities: readonly Authority[], token: string): Promise<Claims> {
  const { iss } = decodeJwt(token);
  let failure: unknown = new ClaimMistake("it is from an unknown issuer");
  for (const authority of authorities) {
    if (!authority.signsFor(iss)) continue;
    try {
      return await authority.verify(token);
    } catch (error) {
      failure = error;
      // Signed by this one, but not good any more: no other has to be asked.
      if (error instanceof JWTExpired || error instanceof JWTClaimValidationFailed) break;
    }
  }
  throw failure;
}

/** @throws the error, when it is not about the token */
function faultOf(error: unknown): Exclude<TokenVerdict<never>, { readonly claims: never }> {
  if (error instanceof JWTExpired) return { fault: "expired", detail: error.message };
  if (error instanceof JWTClaimValidationFailed) {
    // Not good yet: as one that is no longer good, it may be good with the next attempt.
    return { fault: error.claim === "nbf" ? "expired" : "invalid", detail: error.message };
  }
  const aboutToken =
    error instanceof JOSEError ||
    error instanceof ClaimMistake ||
    error instanceof AlgorithmRefused;
  if (aboutToken) return { fault: "invalid", detail: error.message };
  throw error;
}
