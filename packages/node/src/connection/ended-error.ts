/**
 * Why something that needed a connection could not be done any more: the connection is over.
 *
 * Such an error repeats what the connection itself tells when it is closed. So it is remembered: where nobody handles
 * it, nothing is lost, and a peer that goes away at a bad moment must not look like a bug of the application.
 */
import { ConnectionFailed } from "@tautline/protocol";
import type { ConnectionEnd } from "@tautline/protocol";

const endedErrors = new WeakSet<object>();

/** The error to reject with, for a connection that ended with `end`. */
export function endedError(end: ConnectionEnd): Error {
  const error = end.error ?? new ConnectionFailed("CONNECTION_CLOSED", `close code ${end.code}`);
  endedErrors.add(error);
  return error;
}

/** Whether `error` came from {@link endedError}. */
export function isEndedError(error: unknown): boolean {
  return typeof error === "object" && error !== null && endedErrors.has(error);
}
