/**
 * Whether a frame still fits into what may wait for a peer that does not read.
 *
 * The answer comes before anything is encoded or copied, so the limit is never passed. What happens to a frame that does
 * not fit is for the engine.
 */
import { headerByteLength } from "./frame-writer.ts";
import type { Role } from "./options.ts";
import type { Platform } from "./platform.ts";

/** Text, or something that knows its length. */
export type QueuedPayload = string | { readonly byteLength: number };

const keyBytes = 4;
/** The longest header, with a key (RFC 6455 §5.2). */
const maxHeaderBytes = 14;
/** UTF-8 needs at most three bytes for each UTF-16 unit. */
const maxBytesPerUnit = 3;

/** Whether one frame with `payload` fits into `room` bytes, sent in `role`. */
export function fits(
  payload: QueuedPayload,
  room: number,
  { role, platform }: { readonly role: Role; readonly platform: Pick<Platform, "textByteLength"> },
): boolean {
  const key = role === "client" ? keyBytes : 0;
  if (typeof payload !== "string") return frameBytes(payload.byteLength) + key <= room;
  // Measuring a text costs as much as encoding it, and is needed only near the limit.
  if (payload.length * maxBytesPerUnit + maxHeaderBytes <= room) return true;
  return frameBytes(platform.textByteLength(payload)) + key <= room;
}

function frameBytes(byteLength: number): number {
  return headerByteLength(byteLength) + byteLength;
}
