/** Application data on its way out: what the format cannot carry is the caller's mistake and is named as one. */

import type { Codec, Payload } from "@tautline/wire";
import { encodePayload } from "@tautline/wire";
import { UsageError } from "./errors.ts";

/** @throws UsageError `bad-payload`. */
export function encodeData(value: unknown, { name }: Codec): Payload {
  try {
    if (name === "json" && value instanceof Uint8Array) throw new TypeError("Bytes need Protobuf");
    return encodePayload(value);
  } catch (error) {
    throw new UsageError("bad-payload", error instanceof Error ? error.message : String(error));
  }
}
