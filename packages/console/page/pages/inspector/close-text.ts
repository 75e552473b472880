/** What a Close says (RFC 6455 §5.5.1, §7.4). */
import { utf8Text } from "./payload-bytes.ts";
import type { InspectorWords } from "./words.ts";

export interface CloseText {
  readonly code: number;
  readonly meaning: string;
  readonly reason: string;
}

/** Undefined where there is no code. */
export function closeText(
  words: Pick<InspectorWords, "closeCodes" | "closeRanges">,
  payload: Uint8Array,
): CloseText | undefined {
  const [high, low] = payload;
  if (high === undefined || low === undefined) return undefined;
  const code = high * 256 + low;
  return { code, meaning: meaningOf(words, code), reason: utf8Text(payload.subarray(2)) ?? "�" };
}

function meaningOf(
  { closeCodes, closeRanges }: Pick<InspectorWords, "closeCodes" | "closeRanges">,
  code: number,
): string {
  if (code >= 3000 && code < 4000) return closeRanges.library;
  if (code >= 4000 && code < 5000) return closeRanges.own;
  return closeCodes[code] ?? closeRanges.unknown;
}
