/**
 * The error of WebSocketStream, as the WHATWG explainer has it: it carries a close code and reason both ways, from an end
 * that was not clean, and into one by `cancel` and `abort`.
 */
import { Buffer } from "node:buffer";
import { maxCloseReasonBytes } from "@tautline/protocol";

export interface WebSocketCloseInfo {
  /** 1000, or 3000 to 4999. Default: none, or 1000 when there is a reason. */
  readonly closeCode?: number | undefined;
  /** At most 123 bytes of UTF-8. Default "". */
  readonly reason?: string | undefined;
}

const normalClosure = 1000;

/**
 * Checks a close code and reason as the WHATWG standard does for scripts.
 *
 * @throws DOMException `InvalidAccessError` for a code that is neither 1000 nor in 3000 to 4999, `SyntaxError` for a
 *   reason that is too long
 */
export function resolveCloseInfo({ closeCode, reason = "" }: WebSocketCloseInfo): {
  closeCode: number | undefined;
  reason: string;
} {
  const allowed =
    closeCode === undefined ||
    closeCode === normalClosure ||
    (Number.isInteger(closeCode) && closeCode >= 3000 && closeCode <= 4999);
  if (!allowed) {
    throw new DOMException("close code must be 1000 or 3000 to 4999", "InvalidAccessError");
  }
  if (Buffer.byteLength(reason, "utf8") > maxCloseReasonBytes) {
    throw new DOMException("close reason is longer than 123 bytes", "SyntaxError");
  }
  return { closeCode: closeCode ?? (reason === "" ? undefined : normalClosure), reason };
}

/** How a WebSocketStream failed, or how it is to be closed when given to `cancel` or `abort`. */
export class WebSocketError extends DOMException {
  /** The close code, where there is one. */
  readonly closeCode: number | undefined;
  readonly reason: string;

  /** @throws DOMException as {@link resolveCloseInfo} */
  constructor(message = "", info: WebSocketCloseInfo = {}) {
    super(message, "WebSocketError");
    const { closeCode, reason } = resolveCloseInfo(info);
    this.closeCode = closeCode;
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
