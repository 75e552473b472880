/**
 * Where a connection may be told to take more than RFC 6455 allows, or to leave something to its caller.
 *
 * An adapter that stands in for an older implementation sets these, so that what worked there keeps working. None is set
 * by default, and none weakens a limit.
 */
export interface Leniency {
  /**
   * Takes payload lengths that are not in their shortest form (RFC 6455 §5.2: the minimal number of bytes MUST be used).
   * A length that no number holds, from 2^53 on, is then a frame too large, with whatever top bit.
   */
  readonly allowLongLengthForms: boolean;
  /** Checks a text that comes in pieces once it is whole, not at its first wrong byte (§8.1); not where it is received as a stream. */
  readonly checkUtf8AtMessageEnd: boolean;
  /** Leaves pings for the caller to answer (§5.5.2: an endpoint MUST answer). */
  readonly leavePingsUnanswered: boolean;
  /** Fails a connection with the close code alone, without the reason (§7.1.7 asks for a code only). */
  readonly failWithoutReason: boolean;
}

/** Strict in everything. */
export const noLeniency: Leniency = Object.freeze({
  allowLongLengthForms: false,
  checkUtf8AtMessageEnd: false,
  leavePingsUnanswered: false,
  failWithoutReason: false,
});
