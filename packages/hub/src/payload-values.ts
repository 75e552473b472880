/** Payloads at the border between clients and the application's code. */

import type { Payload } from "@tautline/wire";
import { decodePayload, encodePayload } from "@tautline/wire";

/** The value in `payload`, or `undefined` when nothing was sent. */
export function valueOf(payload: Payload | undefined): unknown {
  return payload === undefined ? undefined : decodePayload(payload);
}

/**
 * The payload of what the application's code gave, or `undefined` when it gave nothing.
 *
 * @throws TypeError when the value has no JSON form
 */
export function payloadOf(value: unknown): Payload | undefined {
  return value === undefined ? undefined : encodePayload(value);
}
