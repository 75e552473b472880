/** The claims of subscription tokens, under the names and with the meanings that Centrifugo gives them. */
import type { SubscriptionClaims } from "@tautline/hub";

import type { Claims } from "./claim-reader.ts";
import { ClaimMistake, endIn, jsonIn, operationsIn, textIn } from "./claim-reader.ts";

/** @throws ClaimMistake */
export function subscriptionClaims(claims: Claims): SubscriptionClaims {
  const channel = textIn(claims, "channel") ?? "";
  if (channel === "") throw new ClaimMistake("it is for no channel");
  const client = textIn(claims, "client") ?? "";
  return {
    user: textIn(claims, "sub") ?? "",
    channel,
    client: client === "" ? undefined : client,
    expiresAtMs: endIn(claims),
    info: jsonIn(claims, "info"),
    data: jsonIn(claims, "data"),
    allow: operationsIn(claims, "allow"),
  };
}
