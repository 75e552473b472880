/** The refresh commands: another token, so that a connection or a subscription goes on. */

import type { RefreshRequest, SubRefreshRequest } from "@tautline/wire";
import { disconnects, replyErrors } from "@tautline/wire";
import type { RefreshGrant } from "../access/refresh-grant.ts";
import type { TokenGate } from "../access/token-gate.ts";
import { refuse } from "../refusal.ts";
import type { Call, Session } from "../session.ts";
import { requireChannel } from "./permitted-channel.ts";

export async function refresh(
  { session, context, respond }: Call,
  request: RefreshRequest,
): Promise<void> {
  const { tokens, policy } = context;
  const { token = "" } = request;
  const { term } = session.access;
  if (!tokens.verifies && !policy.decides("refresh")) throw refuse(replyErrors.notAvailable);
  // Who came without a token is not the one who renews.
  if (token === "" || term.renewal === "server") throw refuse(disconnects.badRequest);
  session.renew(
    tokens.verifies
      ? await byToken(session, token, tokens)
      : await policy.refresh({ token }, session),
  );
  if (term.expired) throw refuse(disconnects.expired);
  respond({ refresh: term.lifetime });
}

export async function subRefresh(call: Call, request: SubRefreshRequest): Promise<void> {
  const { session, context, respond } = call;
  const { tokens, policy } = context;
  const { token = "" } = request;
  if (!tokens.verifies && !policy.decides("subRefresh")) throw refuse(replyErrors.notAvailable);
  const { channel } = requireChannel(call, request.channel);
  if (session.subscriptions.memberIn(channel) === undefined) {
    throw refuse(replyErrors.permissionDenied);
  }
  const access = session.subscriptions.accessIn(channel);
  if (access?.term.renewal !== "client") throw refuse(disconnects.badRequest);
  if (token === "") throw refuse(replyErrors.badRequest);
  const grant = tokens.verifies
    ? await tokens.refreshSubscription(token, channel, session)
    : await policy.subRefresh({ channel, token }, session);
  access.renew(grant);
  if (access.term.expired) throw refuse(replyErrors.expired);
  respond({ sub_refresh: access.term.lifetime });
}

/** A token that no longer speaks of capabilities takes them away: what it does not say was not signed anew. */
async function byToken(session: Session, token: string, tokens: TokenGate): Promise<RefreshGrant> {
  const claims = await tokens.refresh(token, session);
  return session.limited ? { ...claims, capabilities: claims.capabilities ?? [] } : claims;
}
