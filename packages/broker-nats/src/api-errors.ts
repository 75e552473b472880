/** What JetStream refuses with, as far as it matters here: its own numbers. */

import { JetStreamApiError } from "@nats-io/jetstream";

export const apiErrors = {
  notForAccount: 10039,
  nameInUse: 10058,
  streamNotFound: 10059,
  /** Somebody else has written since. */
  wrongLastSequence: 10071,
} as const;

/** Whether the server has refused with this number. */
export function isApiError(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
