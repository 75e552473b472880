/** One line of the list: when, which way, what, how much, and the beginning of what it says. */
import type { Entry, FrameEntry } from "./entries.ts";
import { frameKind } from "./entry-filter.ts";
import { useInspectorWords } from "./inspector-words.ts";
import { toHex, utf8Text } from "./payload-bytes.ts";
import { problemText } from "./problem-text.ts";
import type { InspectorWords } from "./words.ts";

export function TrafficRow(props: {
  entry: Entry;
  /** When the first entry was, in milliseconds since 1970. */
  began: number | undefined;
  place: number;
  count: number;
  top: number;
  isChosen: boolean;
  onChoose: (id: number) => void;
}) {
  const words = useInspectorWords();
  const { entry, began, top } = props;
  const side = entry.kind === "frame" ? entry.from : undefined;
  const isWrong =
    (entry.kind === "frame" || entry.kind === "handshake") && entry.problems.length > 0;
  return (
    <div
      id={`entry-${entry.id}`}
      class="row"
      role="option"
      aria-selected={props.isChosen}
      aria-posinset={props.place + 1}
      aria-setsize={props.count}
      data-kind={entry.kind === "frame" ? frameKind(entry) : entry.kind}
      data-side={side}
      data-wrong={isWrong ? "" : undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => props.onChoose(entry.id)}
    >
      <span class="row-time">{timeOf(entry, began)}</span>
      <RowArrow side={side} words={words} />
      <span class="row-chip">{chipOf(entry, words)}</span>
      <span class="row-text">
        <RowText entry={entry} words={words} />
      </span>
      {isWrong && (
        <span class="row-wrong">{isRefusal(entry) ? words.list.refused : words.list.illegal}</span>
      )}
      {entry.kind === "frame" && <span class="row-size">{sizeOf(entry)}</span>}
    </div>
  );
}

/** A server may refuse: no rule is broken by that (RFC 6455 §4.2.2). */
function isRefusal(entry: Entry): boolean {
  return entry.kind === "handshake" && !/ 101\b/u.test(entry.response?.startLine ?? " 101");
}

function RowArrow({
  side,
  words,
}: {
  side: "client" | "server" | undefined;
  words: InspectorWords;
}) {
  if (side === undefined) return <span class="row-arrow" />;
  const name = side === "client" ? words.frame.sent : words.frame.received;
  return (
    <span class="row-arrow" title={name}>
      <span aria-hidden="true">{side === "client" ? "→" : "←"}</span>
      <span class="hidden">{name}</span>
    </span>
  );
}

/** Since the first entry, in seconds. */
function timeOf({ at }: Entry, began: number | undefined): string {
  if (at === undefined || began === undefined) return "";
  return ((at - began) / 1000).toFixed(3);
}

function chipOf(entry: Entry, words: InspectorWords): string {
  switch (entry.kind) {
    case "handshake":
      return "HTTP";
    case "frame":
      return words.opcodes[entry.opcode] ?? `0x${entry.opcode.toString(16)}`;
    case "end":
      return "TCP";
    case "note":
    case "dropped":
    default:
      return "…";
  }
}

function RowText({ entry, words }: { entry: Entry; words: InspectorWords }) {
  switch (entry.kind) {
    case "handshake":
      return (
        <>
          {entry.request?.startLine ?? words.list.handshake}
          <span class="soft">
            {" "}
            {entry.response?.startLine.replace(/^\S+ /u, "→ ") ?? words.list.waiting}
          </span>
        </>
      );
    case "frame":
      return <FrameText entry={entry} words={words} />;
    case "note":
      return <>{problemText(words, entry.text)}</>;
    case "dropped":
      return <>{words.list.dropped(entry.count)}</>;
    case "end":
    default:
      return <>{words.ends[entry.reason]}</>;
  }
}

function FrameText({ entry, words }: { entry: FrameEntry; words: InspectorWords }) {
  const { opcode, payload, message, roundTripMs, fin } = entry;
  if (opcode === 8) return <>{closeSummary(payload)}</>;
  const bytes = message?.bytes ?? payload;
  return (
    <>
      {!fin && opcode < 8 && <span class="row-tag">{words.list.fragment}</span>}
      {opcode === 0 && fin && message !== undefined && (
        <span class="row-tag">×{message.frames.length}</span>
      )}
      {entry.rsv[0] && <span class="row-tag">RSV1</span>}
      {roundTripMs !== undefined && <span class="row-tag">{roundTripMs.toFixed(1)} ms</span>}
      {beginning(bytes, (message?.opcode ?? entry.messageOpcode ?? opcode) === 2)}
    </>
  );
}

function closeSummary(payload: Uint8Array): string {
  if (payload.length < 2) return "";
  const code = (payload[0] ?? 0) * 256 + (payload[1] ?? 0);
  return `${code} ${utf8Text(payload.subarray(2)) ?? ""}`;
}

/** Enough for a line. */
const shownBytes = 160;

function beginning(bytes: Uint8Array, isBinary: boolean): string {
  const part = bytes.subarray(0, shownBytes);
  const text = isBinary ? undefined : utf8Text(part, true);
  return text === undefined ? toHex(part.subarray(0, 40), " ") : text.replaceAll(/\s+/gu, " ");
}

function sizeOf({ payloadLength }: FrameEntry): string {
  if (payloadLength < 10_000) return `${payloadLength} B`;
  if (payloadLength < 10_000_000) return `${Math.round(payloadLength / 1000)} kB`;
  return `${Math.round(payloadLength / 1_000_000)} MB`;
}
