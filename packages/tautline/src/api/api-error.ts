/** An error that a method answers with: one of the protocol's, perhaps with a word about what was wrong. */
import type { ReplyError } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly answer: ReplyError;

  constructor(answer: ReplyError) {
    super(answer.message);
    this.answer = answer;
  }
}

/** The error for a request that makes no sense, with a word about what. */
export function badRequest(detail: string): ApiError {
  return new ApiError(withDetail(replyErrors.badRequest, detail));
}

/** The error for what is not there, with a word about what. */
export function notAvailable(detail: string): ApiError {
  return new ApiError(withDetail(replyErrors.notAvailable, detail));
}

export function withDetail(error: ReplyError, detail: string): ReplyError {
  return { ...error, message: `${error.message}: ${detail}` };
}
