/**
 * One command from its request to its answer: the result, the error of a refusal, or an internal error for whatever else
 * goes wrong, of which the client learns no more than that.
 */

import type { Reply, Request } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";
import type { HubContext } from "./context.ts";
import { dispatch } from "./dispatch.ts";
import { disconnectFor, Refusal } from "./refusal.ts";
import type { Session } from "./session.ts";

/** A command that came from `session`. */
export interface CommandTask {
  readonly session: Session;
  readonly context: HubContext;
  /** 0 for a command that wants no answer. */
  readonly id: number;
  readonly request: Request;
  readonly reply: (reply: Reply) => void;
}

/** Carries the command out and answers it. Never rejects. */
export async function carryOut(task: CommandTask): Promise<void> {
  const { session, context, id, request, reply } = task;
  try {
    await dispatch({ session, context, respond: (result) => reply({ id, ...result }) }, request);
  } catch (error) {
    answerFailure(task, error);
  }
}

/** Answers a command that failed; where the protocol has no answer, with silence. */
function answerFailure(
  { session, context, id, request, reply }: CommandTask,
  error: unknown,
): void {
  const { logger } = context;
  const fields = { client: session.id, user: session.user, method: request.method };
  const refused = error instanceof Refusal;
  const answer = refused ? error.answer : replyErrors.internal;
  if (refused) logger.debug({ ...fields, answer }, "a command was refused");
  else logger.error({ ...fields, err: error }, "a command failed");
  if ("reason" in answer) session.disconnect(answer);
  else if (session.unidirectional) session.disconnect(disconnectFor(answer));
  else if (id !== 0) reply({ id, error: answer });
}
