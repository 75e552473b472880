/**
 * The events of a connection that receives text as bytes.
 */
import { ConnectionEvents } from "./connection-events.ts";
import { Utf8Text } from "./utf8-text.ts";

export class Utf8Events extends ConnectionEvents {
  /** Checked by the engine, which keeps nothing of it. */
  utf8(text: Uint8Array): void {
    this.binary(textOf(text));
  }
}

/** Up to this many bytes, a view has no buffer before somebody asks for it, and making one costs more than a copy. */
const bufferlessBytes = 64;

function textOf(bytes: Uint8Array): Utf8Text {
  if (bytes.byteLength <= bufferlessBytes) return new Utf8Text(bytes);
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer instanceof ArrayBuffer
    ? new Utf8Text(buffer, byteOffset, byteLength)
    : new Utf8Text(bytes);
}
