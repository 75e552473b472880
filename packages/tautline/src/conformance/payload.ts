/** Makes the bytes of payloads, and compares them with what came. */
import type { CaseEvent, Payload } from "./conformance-case.ts";

export const ascii = (text: string): Uint8Array => Buffer.from(text, "utf8");

/** Bytes written as hexadecimal digits; spaces are for the reader. */
export const hex = (digits: string): Uint8Array => Buffer.from(digits.replaceAll(" ", ""), "hex");

export function repeated(pattern: Uint8Array, byteLength: number): Payload {
  return { pattern, byteLength };
}

export function bytesOf(payload: Payload): Buffer {
  if (payload instanceof Uint8Array) {
    return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  }
  return Buffer.alloc(payload.byteLength, payload.pattern);
}

function sameEvent(one: CaseEvent, other: CaseEvent | undefined): boolean {
  if (other === undefined) return false;
  if (one.kind === "pause" && other.kind === "pause") return one.name === other.name;
  if (!("payload" in one) || !("payload" in other) || one.kind !== other.kind) return false;
  return one.payload === other.payload || bytesOf(one.payload).equals(bytesOf(other.payload));
}

/** Whether these are the same events in the same order, payloads compared byte for byte. */
export function sameEvents(some: readonly CaseEvent[], others: readonly CaseEvent[]): boolean {
  return some.length === others.length && some.every((event, i) => sameEvent(event, others[i]));
}
