/** Which entries are shown. What is not a frame tells about the connection, and is always shown. */
import type { Entry, FrameEntry } from "./entries.ts";
import { toHex, utf8Text } from "./payload-bytes.ts";
import type { Side } from "./seen-events.ts";

/** Fragments count as the kind of message that they are a part of. */
export type FrameKind = "text" | "binary" | "ping-pong" | "close" | "other";

export interface EntryFilter {
  readonly from: Side | "both";
  readonly kind: FrameKind | "all";
  /** Part of the text, or of the bytes in hexadecimal. */
  readonly text: string;
}

export const everything: EntryFilter = { from: "both", kind: "all", text: "" };

export function passes(filter: EntryFilter, entry: Entry): boolean {
  if (entry.kind !== "frame") return true;
  if (filter.from !== "both" && filter.from !== entry.from) return false;
  if (filter.kind !== "all" && filter.kind !== frameKind(entry)) return false;
  const wanted = filter.text.trim().toLowerCase();
  return wanted === "" || searched(entry).includes(wanted);
}

export function frameKind({ opcode, messageOpcode }: FrameEntry): FrameKind {
  const kinds: Readonly<Record<number, FrameKind>> = {
    1: "text",
    2: "binary",
    8: "close",
    9: "ping-pong",
    10: "ping-pong",
  };
  return kinds[opcode === 0 ? (messageOpcode ?? 0) : opcode] ?? "other";
}

function searched({ payload, message, header }: FrameEntry): string {
  const texts = [utf8Text(payload, true), message && utf8Text(message.bytes, true)];
  const bytes = toHex(payload.subarray(0, 256));
  return [...texts, header, bytes].join("\n").toLowerCase();
}
