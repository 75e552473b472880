/**
 * The payload of a Close frame: nothing, or a code and a reason (RFC 6455 §5.5.1).
 */
import { CloseCode, isSendableCloseCode, maxCloseReasonBytes } from "./close-codes.ts";
import { errorTable, ProtocolViolation, UsageError } from "./errors.ts";
import type { FrameError } from "./frame-reader.ts";
import type { Leniency } from "./leniency.ts";
import type { Platform } from "./platform.ts";

/** A Close frame's content; code 1005 when it had none (RFC 6455 §7.1.5). */
export interface CloseStatus {
  readonly code: number;
  readonly reason: string;
}

/** Reads the payload of a received Close frame. */
export function decodeClosePayload(
  payload: Uint8Array,
  platform: Platform,
): CloseStatus | ProtocolViolation {
  if (payload.byteLength === 0) return { code: CloseCode.noStatus, reason: "" };
  if (payload.byteLength === 1) return new ProtocolViolation("PROTOCOL_CLOSE_PAYLOAD");
  const code = (payload[0]! << 8) | payload[1]!;
  if (!isSendableCloseCode(code)) return new ProtocolViolation("PROTOCOL_CLOSE_CODE", `${code}`);
  if (payload.byteLength === 2) return { code, reason: "" };
  const reason = platform.decodeUtf8(payload, 2, payload.byteLength);
  if (reason === undefined) {
    return new ProtocolViolation("PROTOCOL_INVALID_UTF8", "in a close reason");
  }
  return { code, reason };
}

/**
 * Makes the payload of a Close frame to send.
 *
 * @throws UsageError `USAGE_CLOSE_CODE` for a code that must not be sent, `USAGE_CLOSE_REASON` for a reason that is
 * no text, longer than 123 bytes of UTF-8, or comes without a code
 */
export function encodeClosePayload(
  code: number | undefined,
  reason: string,
  platform: Platform,
): Uint8Array {
  // What is no string has no bytes, though much can be made into some.
  if (typeof reason !== "string") throw new UsageError("USAGE_CLOSE_REASON", typeof reason);
  if (code === undefined) {
    if (reason !== "") throw new UsageError("USAGE_CLOSE_REASON");
    return platform.allocate(0);
  }
  if (!isSendableCloseCode(code)) throw new UsageError("USAGE_CLOSE_CODE", String(code));
  const reasonBytes = platform.textByteLength(reason);
  if (reasonBytes > maxCloseReasonBytes) {
    throw new UsageError("USAGE_CLOSE_REASON", `${reasonBytes} bytes`);
  }
  const payload = platform.allocate(2 + reasonBytes);
  payload[0] = code >> 8;
  payload[1] = code & 0xff;
  platform.encodeText(reason, payload, 2);
  return payload;
}

/** Makes the payload of the Close frame that tells a peer of `error`. */
export function encodeFailure(
  { code, closeCode }: FrameError | UsageError,
  { leniency, platform }: { readonly leniency: Leniency; readonly platform: Platform },
): Uint8Array {
  const reason = leniency.failWithoutReason ? "" : errorTable[code].text;
  return encodeClosePayload(closeCode, reason, platform);
}
