/**
 * The error of WebSocketStream, as the WHATWG explainer has it: it carries a close code and reason both ways, from an end
 * that was not clean, and into one by `cancel` and `abort`.
 */
import { checkCloseArguments } from "../standard/close-arguments.ts";

export interface WebSocketCloseInfo {
  /** 1000, or 3000 to 4999. Default: none, or 1000 when there is a reason. */
  readonly closeCode?: number | undefined;
  /** At most 123 bytes of UTF-8. Default "". */
  readonly reason?: string | undefined;
}

/** How a WebSocketStream failed, or how it is to be closed when given to `cancel` or `abort`. */
export class WebSocketError extends DOMException {
  /** The close code, or null. */
  readonly closeCode: number | null;
  readonly reason: string;

  /**
   * @throws DOMException `InvalidAccessError` for a code that is neither 1000 nor in 3000 to 4999, `SyntaxError` for a
   *   reason that is too long
   */
  constructor(message = "", info: WebSocketCloseInfo = {}) {
    super(message, "WebSocketError");
    const { code = null, reason } = checkCloseArguments(info.closeCode, info.reason ?? "");
    this.closeCode = code;
    this.reason = reason;
  }
}

/** The error for a connection that ended with `closeCode`, which may be a code that scripts cannot give. */
export function webSocketErrorOf(
  message: string,
  end: { readonly code: number; readonly reason: string },
): WebSocketError {
  const error = new WebSocketError(message);
  Object.defineProperties(error, {
    closeCode: { value: end.code, enumerable: true },
    reason: { value: end.reason, enumerable: true },
  });
  return error;
}
