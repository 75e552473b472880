/**
 * The close code and reason that a script may give (WHATWG WebSockets §3.1, `close()`), which are fewer than a
 * connection may send.
 */
import { Buffer } from "node:buffer";
import { maxCloseReasonBytes } from "@tautline/protocol";

const normalClosure = 1000;

/** What stands in the Close frame. */
export interface CloseStatus {
  /** Without it the frame is empty. */
  readonly code: number | undefined;
  readonly reason: string;
}

/**
 * Checks a code and a reason. A reason needs a code before it in the frame, so without one it gets 1000.
 *
 * @throws DOMException `InvalidAccessError` for a code that is neither 1000 nor in 3000 to 4999, `SyntaxError` for a
 *   reason longer than 123 bytes of UTF-8
 */
export function checkCloseArguments(code: number | undefined, reason: string): CloseStatus {
  const allowed =
    code === undefined ||
    code === normalClosure ||
    (Number.isInteger(code) && code >= 3000 && code <= 4999);
  if (!allowed) {
    throw new DOMException("close code must be 1000 or 3000 to 4999", "InvalidAccessError");
  }
  if (Buffer.byteLength(reason, "utf8") > maxCloseReasonBytes) {
    throw new DOMException("close reason is longer than 123 bytes", "SyntaxError");
  }
  return { code: code ?? (reason === "" ? undefined : normalClosure), reason };
}
