/**
 * Application data as it travels: JSON text or bytes, never looked into on their way through.
 *
 * A hub forwards what a publisher sent without reading it, so that big numbers, key order and escapes arrive as they
 * were written and a fan-out costs no parsing. Connections that speak JSON carry JSON text; those that speak Protobuf carry
 * bytes, which may hold JSON text or anything else. This file knows how a value becomes a payload and back; it does
 * not know which message carries it.
 */

import type { JsonText } from "./json-text.ts";
import { trustedText } from "./json-text.ts";
import { utf8Encoded } from "./utf8-bytes.ts";

/**
 * What `data`, `conn_info` and `chan_info` hold: JSON text, or bytes that nobody changes. Read it with `decodePayload` and
 * make it with `encodePayload`.
 */
export type Payload = JsonText | Uint8Array;

/**
 * The payload of `value`: of bytes a copy, of anything else its JSON text.
 *
 * @throws TypeError when `value` has no JSON form: `undefined`, a function, a symbol, a bigint or a cycle.
 */
export function encodePayload(value: unknown): Payload {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`A ${typeof value} has no JSON form`);
  return trustedText(text);
}

/** The value of `payload`: what its JSON text says, or a copy of its bytes. Each call gives a new one to the caller. */
export function decodePayload(payload: Payload): unknown {
  return typeof payload === "string" ? JSON.parse(payload) : new Uint8Array(payload);
}

/** The bytes of `payload`; those of JSON text in UTF-8. */
export function payloadBytes(payload: Payload): Uint8Array {
  return typeof payload === "string" ? utf8Encoded(payload) : payload;
}
