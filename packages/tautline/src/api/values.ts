/** What stands in messages, in the form in which the hub takes it. */
import type { Payload } from "@tautline/wire";
import { decodePayload } from "@tautline/wire";

/** A value as JSON or as bytes, whichever is there. */
export function valueIn(json: Payload | undefined, bytes: Uint8Array | undefined): unknown {
  if (bytes !== undefined) return bytes;
  return json === undefined ? undefined : decodePayload(json);
}

/** A time in seconds since 1970, 0 for never, as the hub's times are. */
export function expiryOf(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds === 0 ? undefined : seconds * 1000;
}
