/** Payloads at the border between clients and the application's code. */

import type { Payload } from "@tautline/wire";
import { decodePayload, encodePayload, jsonOf, payloadBytes } from "@tautline/wire";

/**
 * What a channel's messages are: JSON and nothing else; bytes, whatever they hold; or either, told apart by whether they
 * hold JSON.
 */
export type PayloadKind = "any" | "json" | "bytes";

/**
 * The value in `payload`, or `undefined` when nothing was sent. Clients that speak Protobuf send bytes: when those hold
 * JSON they are taken for it, as most of these clients mean it, unless they are known to be bytes.
 */
export function valueOf(payload: Payload | undefined, kind: PayloadKind = "any"): unknown {
  if (payload === undefined) return undefined;
  if (kind === "bytes") return new Uint8Array(payloadBytes(payload));
  return decodePayload(jsonOf(payload) ?? payload);
}

/** Whether `payload` may be a message of a channel with messages of that kind. */
export function isOfKind(payload: Payload, kind: PayloadKind): boolean {
  return kind !== "json" || jsonOf(payload) !== undefined;
}

/**
 * The payload of what the application's code gave, or `undefined` when it gave nothing.
 *
 * @throws TypeError when the value is neither bytes nor has a JSON form
 */
export function payloadOf(value: unknown): Payload | undefined {
  return value === undefined ? undefined : encodePayload(value);
}
