/**
 * When the time of a connection or of a subscription is over: the hook is asked where the server renews, and what is not
 * renewed ends with the protocol's code.
 */

import type { Disconnect, ReplyError } from "@tautline/wire";
import { disconnects } from "@tautline/wire";
import type { HubContext } from "../context.ts";
import { Refusal } from "../refusal.ts";
import type { Session } from "../session.ts";

/** Prolongs the client's connection, or ends it. Never rejects. */
export async function renewConnection(session: Session, context: HubContext): Promise<void> {
  const { policy } = context;
  const { term } = session.access;
  if (term.renewal === "server" && policy.decides("refresh")) {
    try {
      session.renew(await policy.refresh({ token: "" }, session));
      if (!term.expired) return;
    } catch (error) {
      const answer = answerTo(error, context);
      // An error has no command that it could answer.
      return session.disconnect("reason" in answer ? answer : disconnects.expired);
    }
  }
  session.disconnect(disconnects.expired);
}

/** Prolongs the client's subscription to `channel`; false when it has to end. Never rejects. */
export async function renewSubscription(
  session: Session,
  context: HubContext,
  channel: string,
): Promise<boolean> {
  const { policy } = context;
  const access = session.subscriptions.accessIn(channel);
  // Renewed or ended while this was waiting for its turn.
  if (access === undefined || !access.term.expired) return true;
  if (access.term.renewal === "client" || !policy.decides("subRefresh")) return false;
  try {
    access.renew(await policy.subRefresh({ channel, token: "" }, session));
    return !access.term.expired;
  } catch (error) {
    const answer = answerTo(error, context);
    if ("reason" in answer) session.disconnect(answer);
    return false;
  }
}

function answerTo(error: unknown, { logger }: HubContext): ReplyError | Disconnect {
  if (error instanceof Refusal) return error.answer;
  logger.error({ err: error }, "a refresh hook failed");
  return disconnects.serverError;
}
