/** The claims of connection tokens, under the names and with the meanings that Centrifugo gives them. */
import type { Capability, ConnectionClaims, ServerSubscription } from "@tautline/hub";

import type { Claims } from "./claim-reader.ts";
import {
  ClaimMistake,
  claimsOf,
  endIn,
  jsonIn,
  listIn,
  operationsIn,
  textIn,
  textsIn,
} from "./claim-reader.ts";

/** @throws ClaimMistake */
export function connectionClaims(claims: Claims): ConnectionClaims {
  // It lets somebody into a channel, and was given out for nothing else.
  if (claims["channel"] !== undefined) throw new ClaimMistake("it is a subscription token");
  return {
    user: textIn(claims, "sub") ?? "",
    expiresAtMs: endIn(claims),
    info: jsonIn(claims, "info"),
    meta: claims["meta"],
    subscriptions: subscriptionsIn(claims),
    capabilities: capabilitiesIn(claims),
  };
}

/** `subs` has channels with options; where it is missing, `channels` has channels alone. */
export function subscriptionsIn(claims: Claims): readonly ServerSubscription[] {
  if (claims["subs"] === undefined) {
    return [...new Set(textsIn(claims, "channels"))].map((channel) => ({ channel }));
  }
  return Object.entries(claimsOf(claims["subs"], "subs")).map(([channel, value]) => {
    const options = claimsOf(value, "subs");
    return {
      channel,
      info: jsonIn(options, "info"),
      data: jsonIn(options, "data"),
      joinLeave: tellsJoins(options),
    };
  });
}

/** Of the overrides, the only one that means something here. */
function tellsJoins(options: Claims): boolean {
  if (options["override"] === undefined) return false;
  const wanted = claimsOf(options["override"], "override")["force_push_join_leave"];
  return wanted !== undefined && claimsOf(wanted, "force_push_join_leave")["value"] === true;
}

/** `caps`: what is allowed in which channels; absent when nothing is said about it. */
export function capabilitiesIn(claims: Claims): readonly Capability[] | undefined {
  return listIn(claims, "caps")?.map(capabilityOf);
}

function capabilityOf(value: unknown): Capability {
  const claims = claimsOf(value, "caps");
  return {
    channels: textsIn(claims, "channels") ?? [],
    match: matchIn(claims),
    allow: operationsIn(claims, "allow") ?? [],
  };
}

function matchIn(claims: Claims): Capability["match"] {
  const match = textIn(claims, "match") ?? "";
  if (match === "" || match === "exact") return "exact";
  if (match === "wildcard") return "wildcard";
  // A regular expression can take for ever on a name that a client has made up for it.
  throw new ClaimMistake("capabilities match by name or by wildcard here");
}
