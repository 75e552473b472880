/** From what a method throws to the error that it answers with. What nobody has foreseen is logged and told to nobody. */
import { Refusal } from "@tautline/hub";
import type { ReplyError } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";

import { ApiError, withDetail } from "./api-error.ts";
import { BadMessage } from "./message-reader.ts";
import type { ApiSite } from "./method.ts";

/** The error without what only clients need. */
export type ErrorAnswer = Pick<ReplyError, "code" | "message">;

export function errorOf(error: unknown, { logger }: Pick<ApiSite, "logger">): ErrorAnswer {
  const { code, message } = answerTo(error) ?? replyErrors.internal;
  if (answerTo(error) === undefined) logger.error({ err: error }, "a method of the API failed");
  return { code, message };
}

function answerTo(error: unknown): ReplyError | undefined {
  if (error instanceof ApiError) return error.answer;
  if (error instanceof BadMessage) {
    const answer = error.kind === "limit" ? replyErrors.limitExceeded : replyErrors.badRequest;
    return withDetail(answer, error.message);
  }
  if (error instanceof Refusal && "message" in error.answer) return error.answer;
  return undefined;
}
