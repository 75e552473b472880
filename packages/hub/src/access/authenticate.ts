/**
 * Who is there: from the connect command to what is granted. Where tokens are verified, a token decides and the connect
 * hook is asked about those who have none; elsewhere the hook sees the token as it is and may verify it by itself.
 */

import type { ConnectRequest } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";
import type { ConnectGrant } from "../hooks.ts";
import { valueOf } from "../payload-values.ts";
import { refuse } from "../refusal.ts";
import type { Call } from "../session.ts";

/** @throws Refusal; or whatever the verifier or the hook rejects with */
export async function authenticate(call: Call, request: ConnectRequest): Promise<ConnectGrant> {
  const { session, context } = call;
  const { tokens, policy } = context;
  const { token = "" } = request;
  if (tokens.verifies && token !== "") return tokens.connect(token, session.id);
  if (tokens.verifies && !policy.decides("connect")) {
    context.logger.debug({ client: session.id }, "a client has no token");
    throw refuse(replyErrors.unauthorized);
  }
  return policy.connect({
    client: session.id,
    token,
    data: valueOf(request.data),
    name: request.name ?? "",
    version: request.version ?? "",
    connection: session.connection,
  });
}
