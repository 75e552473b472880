/**
 * What callers give to be sent, as bytes: everything that `Buffer.from` takes, and Blobs, which have to be read first.
 */
import { Buffer } from "node:buffer";
import type { Blob } from "node:buffer";

export const emptyBuffer: Buffer = Buffer.alloc(0);

/** What may be sent. */
export type BufferLike =
  | string
  | Buffer
  | DataView
  | number
  | ArrayBufferView
  | Uint8Array
  | ArrayBuffer
  | SharedArrayBuffer
  | Blob
  | readonly unknown[]
  | readonly number[]
  | { valueOf(): ArrayBuffer }
  | { valueOf(): SharedArrayBuffer }
  | { valueOf(): Uint8Array }
  | { valueOf(): readonly number[] }
  | { valueOf(): string }
  | { [Symbol.toPrimitive](hint: string): string };

/**
 * The bytes of `data`, not copied where it is a view or a buffer.
 *
 * @throws TypeError for what `Buffer.from` does not take
 */
export function toBuffer(data: unknown): Buffer {
  if (Buffer.isBuffer(data)) return data;
  if (data instanceof ArrayBuffer) return Buffer.from(data);
  if (ArrayBuffer.isView(data)) {
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }
  return Buffer.from(data as string);
}

/** As {@link toBuffer}, for bytes that may have no `Buffer` around them yet. */
export function asBuffer(bytes: Uint8Array): Buffer {
  if (bytes instanceof Buffer) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** An ArrayBuffer that holds `bytes` and nothing else. */
export function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteLength === buffer.byteLength) return buffer as ArrayBuffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

/** Whether `value` is a Blob or a File, of whatever implementation. */
export function isBlob(value: unknown): value is Blob {
  if (typeof value !== "object" || value === null) return false;
  const blob = value as Partial<Blob> & { [Symbol.toStringTag]?: unknown };
  const tag = blob[Symbol.toStringTag];
  return (
    (tag === "Blob" || tag === "File") &&
    typeof blob.arrayBuffer === "function" &&
    typeof blob.stream === "function" &&
    typeof blob.type === "string"
  );
}
