/** A verifier whose tokens are the claims themselves, as JSON; "expired", "invalid" and "no keys" are what they say. */

import type {
  ConnectionClaims,
  SubscriptionClaims,
  TokenVerdict,
  TokenVerifier,
} from "@tautline/hub";

export const fakeTokens: TokenVerifier = {
  connection: (token) => verdictOf<ConnectionClaims>(token),
  subscription: (token) => verdictOf<SubscriptionClaims>(token),
};

export const token = (claims: object): string => JSON.stringify(claims);

async function verdictOf<Claims>(text: string): Promise<TokenVerdict<Claims>> {
  if (text === "no keys") throw new Error("the keys cannot be had");
  if (text === "expired" || text === "invalid") return { fault: text, detail: `it is ${text}` };
  return { claims: JSON.parse(text) as Claims };
}
