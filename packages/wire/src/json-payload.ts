/**
 * JSON in payloads of bytes: publications of clients that speak Protobuf reach those that speak JSON when they hold JSON
 * text, which is found out here.
 */

import { faultOf } from "./frame-fault.ts";
import { JsonReader } from "./json-reader.ts";
import type { JsonText } from "./json-text.ts";
import { trustedText } from "./json-text.ts";
import { commandLimits } from "./limits.ts";
import type { Payload } from "./payload.ts";
import { readUtf8 } from "./utf8-bytes.ts";

/** What `jsonOf` has found out, `null` for no JSON. Bytes are asked for again by every connection that speaks JSON. */
const known = new WeakMap<Uint8Array, JsonText | null>();

/**
 * The JSON text that `payload` is or whose bytes it holds, as it stands; `undefined` when it is no JSON, no UTF-8, or
 * nested deeper than servers take it from clients that speak JSON.
 */
export function jsonOf(payload: Payload): JsonText | undefined {
  if (typeof payload === "string") return payload;
  let found = known.get(payload);
  if (found === undefined) {
    found = readJson(payload) ?? null;
    known.set(payload, found);
  }
  return found ?? undefined;
}

function readJson(bytes: Uint8Array): JsonText | undefined {
  const text = readUtf8(bytes, 0, bytes.length);
  if (text === undefined) return undefined;
  const reader = new JsonReader(text, commandLimits.maxDepth);
  try {
    reader.skip();
    reader.finish();
  } catch (error) {
    faultOf(error);
    return undefined;
  }
  return trustedText(text);
}
