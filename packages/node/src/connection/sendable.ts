/**
 * What may be given to `send`, and the bytes it stands for.
 *
 * Everything else is refused by an error, so that a number never becomes so many bytes of memory.
 */
import { isAnyArrayBuffer, isSharedArrayBuffer } from "node:util/types";
import { UsageError, prepareMessage as frameMessage } from "@tautline/protocol";
import type { PreparedMessage } from "@tautline/protocol";
import { nodePlatform } from "../platform.ts";
import { Utf8Text } from "./utf8-text.ts";

/**
 * A message to send: text (a string or a {@link Utf8Text}), bytes, or a message that was prepared for many. A view stands for the bytes it covers,
 * whatever its element type.
 */
export type Sendable = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer | PreparedMessage;

/**
 * The bytes of `data`, not copied where that is safe.
 *
 * @throws UsageError `USAGE_MESSAGE_TYPE` for what is no view and no buffer, and for a detached one
 */
export function bytesOf(data: unknown): Uint8Array {
  const bytes = viewOf(data);
  // Memory that somebody else can change or shrink while the message waits is copied at once. Small messages are
  // copied by the engine anyhow.
  return bytes.byteLength > smallBytes && isUnstable(bytes.buffer) ? bytes.slice() : bytes;
}

function viewOf(data: unknown): Uint8Array {
  // A detached buffer shows as an empty one, and would be sent as such.
  if (data instanceof Uint8Array && data.byteLength > 0) return data;
  try {
    if (ArrayBuffer.isView(data)) {
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    }
    if (isAnyArrayBuffer(data)) return new Uint8Array(data);
  } catch (cause) {
    throw new UsageError("USAGE_MESSAGE_TYPE", "a detached buffer", { cause });
  }
  throw new UsageError("USAGE_MESSAGE_TYPE", describe(data));
}

/** Messages up to this size have been copied when `send` returns. */
const smallBytes = 1024;

/** Whether the memory can be changed from another thread, or shrink. Only Node.js 20 and later can resize buffers. */
function isUnstable(buffer: ArrayBufferLike): boolean {
  if (isSharedArrayBuffer(buffer)) return true;
  return "resizable" in buffer && buffer.resizable === true;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  return value.constructor?.name ?? "object";
}

/**
 * Frames a message once, to be sent on many connections. Bytes are copied: the caller may change them afterwards.
 *
 * @throws UsageError `USAGE_MESSAGE_TYPE` for what is neither text nor bytes
 */
export function prepareMessage(data: Exclude<Sendable, PreparedMessage>): PreparedMessage {
  if (data instanceof Utf8Text) return frameMessage(data.toString(), nodePlatform);
  return frameMessage(typeof data === "string" ? data : bytesOf(data).slice(), nodePlatform);
}
