/**
 * The close code and reason that a script may give (WHATWG WebSockets §3.1), for when there is no socket that would check
 * them.
 */

/** RFC 6455 §5.5: a control frame carries at most 125 bytes, two of them the code. */
const maxReasonBytes = 123;

/**
 * @throws DOMException `InvalidAccessError` for a code that is neither 1000 nor in 3000 to 4999, `SyntaxError` for a
 *   reason that is too long
 */
export function checkCloseArguments(code: number | undefined, reason = ""): void {
  const allowed = code === undefined || code === 1000 || (code >= 3000 && code <= 4999);
  if (!allowed) {
    throw new DOMException("close code must be 1000 or 3000 to 4999", "InvalidAccessError");
  }
  if (new TextEncoder().encode(reason).byteLength > maxReasonBytes) {
    throw new DOMException("close reason is longer than 123 bytes", "SyntaxError");
  }
}
