/**
 * Who may subscribe to a channel, and with what: a subscription token decides where tokens are verified, then the
 * capabilities of the connection, then the hook.
 */

import type { SubscribeRequest } from "@tautline/wire";
import type { SubscribeGrant } from "../hooks.ts";
import { payloadOf, valueOf } from "../payload-values.ts";
import type { Call } from "../session.ts";
import type { SubscriptionTerms } from "../subscriptions/subscription-plan.ts";
import type { Renewal } from "./term.ts";

/** @throws Refusal; or whatever the verifier or the hook rejects with */
export async function authorizeSubscription(
  { session, context }: Call,
  channel: string,
  request: SubscribeRequest,
): Promise<SubscriptionTerms> {
  const { tokens, policy } = context;
  const { token = "" } = request;
  const renewal = token === "" ? "server" : "client";
  if (tokens.verifies && token !== "") {
    return termsOf(await tokens.subscribe(token, channel, session), renewal);
  }
  if (session.access.permits("subscribe", channel)) {
    return { info: undefined, data: undefined, byCapability: true };
  }
  const attempt = { channel, token, data: valueOf(request.data) };
  return termsOf(await policy.subscribe(attempt, session), renewal);
}

function termsOf(grant: SubscribeGrant, renewal: Renewal): SubscriptionTerms {
  const { info, data, expiresAtMs, allow } = grant;
  return { info: payloadOf(info), data: payloadOf(data), expiresAtMs, allow, renewal };
}
