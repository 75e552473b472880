/**
 * How code says no: a refusal carries the protocol's answer, an error for the one command or a disconnect for the whole
 * connection. Hooks and handlers may return it or throw it.
 */

import type { Disconnect, ReplyError } from "@tautline/wire";
import { disconnects, replyErrors, utf8Length } from "@tautline/wire";

/** The longest reason of a close frame: 125 bytes less two for the code (RFC 6455 §5.5). */
const maxReasonBytes = 123;

export class Refusal extends Error {
  readonly answer: ReplyError | Disconnect;

  constructor(answer: ReplyError | Disconnect) {
    super("reason" in answer ? answer.reason : answer.message);
    this.name = "Refusal";
    this.answer = answer;
  }
}

/** Those of the protocol, made once: a stack trace costs far more than the command that is refused with it. */
const knownRefusals: ReadonlyMap<ReplyError | Disconnect, Refusal> = new Map(
  [...Object.values(replyErrors), ...Object.values(disconnects)].map((answer) => [
    answer,
    new Refusal(answer),
  ]),
);

/**
 * Makes a refusal, as in `refuse(replyErrors.permissionDenied)`, `refuse(disconnects.invalidToken)` or with an own code:
 * errors from 400 to 1999, disconnects from 4000 to 4999.
 *
 * @throws RangeError when the code or the reason cannot be sent.
 */
export function refuse(answer: ReplyError | Disconnect): Refusal {
  const known = knownRefusals.get(answer);
  if (known !== undefined) return known;
  if ("reason" in answer) requireDisconnect(answer);
  else if (!Number.isInteger(answer.code) || answer.code < 100 || answer.code > 1999) {
    throw new RangeError(`${answer.code} is no error code from 100 to 1999`);
  }
  return new Refusal(answer);
}

/** What an error becomes for a client that hears no replies: its connection ends with a code that says the same. */
export function disconnectFor({ code }: ReplyError): Disconnect {
  if (code === replyErrors.expired.code || code === replyErrors.tokenExpired.code) {
    return disconnects.expired;
  }
  if (code === replyErrors.tooManyRequests.code) return disconnects.tooManyRequests;
  if (code === replyErrors.internal.code) return disconnects.serverError;
  // It will be refused again: without a reply it would come back for ever.
  return disconnects.permissionDenied;
}

/**
 * Checks that a transport can carry `disconnect`.
 *
 * @throws RangeError when it cannot.
 */
export function requireDisconnect(disconnect: Disconnect): void {
  if (!Number.isInteger(disconnect.code) || disconnect.code < 3000 || disconnect.code > 4999) {
    throw new RangeError(`${disconnect.code} is no disconnect code from 3000 to 4999`);
  }
  if (utf8Length(disconnect.reason) > maxReasonBytes) {
    throw new RangeError(`The reason of a disconnect has at most ${maxReasonBytes} bytes`);
  }
}
