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
import type { Span } from "./ports/tracer.ts";

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
  const { session, context, request } = task;
  const ended = context.meter.commandStarted(request.method);
  const code =
    context.tracer === undefined
      ? await attempt(task)
      : await context.tracer.span(
          `tautline.${request.method}`,
          { "tautline.client": session.id, ...channelIn(request) },
          (span) => attemptIn(span, task),
        );
  ended(code);
}

/** Answers a command that is not carried out. */
export function refuseCommand(task: CommandTask, refusal: Refusal): void {
  task.context.meter.commandStarted(task.request.method)(answerFailure(task, refusal));
}

async function attemptIn(span: Span, task: CommandTask): Promise<number> {
  const code = await attempt(task);
  // Of a connect command it is known only now.
  span.attribute("tautline.user", task.session.user);
  if (code !== 0) span.fail(`code ${code}`);
  return code;
}

function channelIn({ request }: Request): { readonly "tautline.channel"?: string } {
  const named = "channel" in request && typeof request.channel === "string";
  return named ? { "tautline.channel": request.channel } : {};
}

/** Carries it out and answers it; resolves with the code of the answer's error, 0 for none. */
async function attempt(task: CommandTask): Promise<number> {
  const { session, context, id, request, reply } = task;
  try {
    await dispatch({ session, context, respond: (result) => reply({ id, ...result }) }, request);
    return 0;
  } catch (error) {
    return answerFailure(task, error);
  }
}

/** Answers a command that failed, where the protocol has no answer with silence; gives the code of the answer. */
function answerFailure(
  { session, context, id, request, reply }: CommandTask,
  error: unknown,
): number {
  const { logger } = context;
  const fields = { client: session.id, user: session.user, method: request.method };
  const refused = error instanceof Refusal;
  const answer = refused ? error.answer : replyErrors.internal;
  if (refused) logger.debug({ ...fields, answer }, "a command was refused");
  else logger.error({ ...fields, err: error }, "a command failed");
  if ("reason" in answer) session.disconnect(answer);
  else if (session.unidirectional) session.disconnect(disconnectFor(answer));
  else if (id !== 0) reply({ id, error: answer });
  return answer.code;
}
