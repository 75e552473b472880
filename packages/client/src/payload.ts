/** Application data on its way out: what has no JSON form is the caller's mistake and is named as one. */

import type { Payload } from "@tautline/wire";
import { encodePayload } from "@tautline/wire";
import { UsageError } from "./errors.ts";

/** @throws UsageError `bad-payload`. */
export function encodeData(value: unknown): Payload {
  try {
    return encodePayload(value);
  } catch (error) {
    throw new UsageError("bad-payload", error instanceof Error ? error.message : String(error));
  }
}
