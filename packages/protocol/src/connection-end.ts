/**
 * How a connection ended, in the terms of the WHATWG standard's `CloseEvent`.
 */
import { CloseCode } from "./close-codes.ts";
import type { CloseStatus } from "./close-frame.ts";
import type { TautlineError } from "./errors.ts";
import { errorTable } from "./errors.ts";

export interface ConnectionEnd {
  /** The code received; 1005 for a Close frame without one, 1006 without a Close frame; or what this side failed with. */
  readonly code: number;
  readonly reason: string;
  /** Whether both sides had sent their Close frames (RFC 6455 §7.1.4). */
  readonly wasClean: boolean;
  /** What went wrong, where something did. */
  readonly error?: TautlineError;
}

/**
 * @param received what the peer's Close frame said, where one came
 * @param lost why the connection has ended without one: an error costs more than all the rest of a connection's end
 */
export function connectionEnd(
  received: CloseStatus | undefined,
  lost: () => TautlineError,
): ConnectionEnd {
  if (received !== undefined) {
    return { code: received.code, reason: received.reason, wasClean: true };
  }
  const error = lost();
  const { closeCode } = error;
  if (closeCode === undefined) {
    return { code: CloseCode.abnormal, reason: "", wasClean: false, error };
  }
  return { code: closeCode, reason: errorTable[error.code].text, wasClean: false, error };
}
