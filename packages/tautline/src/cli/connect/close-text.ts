/** What a close code says, in words (RFC 6455 §7.4.1 and IANA's registry of close codes). */
import { printable } from "../printable.ts";

const meanings: ReadonlyMap<number, string> = new Map([
  [1000, "normal closure"],
  [1001, "going away"],
  [1002, "protocol error"],
  [1003, "unsupported data"],
  [1005, "no status given"],
  [1006, "the connection was lost without a close"],
  [1007, "invalid data, such as text that is not UTF-8"],
  [1008, "policy violation"],
  [1009, "message too big"],
  [1010, "an extension is missing"],
  [1011, "internal error"],
  [1012, "service restart"],
  [1013, "try again later"],
  [1014, "bad gateway"],
]);

/** As in `1001, going away: server stops`. The reason comes from the peer and is made harmless. */
export function closeText(end: { readonly code: number; readonly reason: string }): string {
  const meaning = meanings.get(end.code);
  const known = meaning === undefined ? String(end.code) : `${end.code}, ${meaning}`;
  return end.reason === "" ? known : `${known}: ${printable(end.reason)}`;
}

/** Ends that are nobody's failure: done, gone in good order, or closed without a word. */
const orderly = new Set([1000, 1001, 1005]);

export function isOrderly(end: { readonly code: number; readonly wasClean: boolean }): boolean {
  return end.wasClean && orderly.has(end.code);
}
