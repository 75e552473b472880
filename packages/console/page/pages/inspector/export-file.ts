/**
 * What was seen, as files: everything as JSON, and the messages as the JSON lines that `tautline connect --replay` takes.
 */
import type { Entry, FrameEntry, Talk } from "./entries.ts";
import { opcodeNames } from "./frame-fields.ts";
import { toBase64, utf8Text } from "./payload-bytes.ts";

/** Every entry with all that is known of it. Payloads that are UTF-8 are text, others base64. */
export function everythingJson(talk: Talk): string {
  const { url, watched, forgotten } = talk;
  const entries = talk.entries.map((entry) => (entry.kind === "frame" ? frameJson(entry) : entry));
  const about = { format: "tautline-inspector", version: 1, url, watched, forgotten };
  return `${JSON.stringify({ ...about, entries }, undefined, 2)}\n`;
}

function frameJson({ payload, message, ...rest }: FrameEntry): object {
  return {
    ...rest,
    opcodeName: opcodeNames[rest.opcode] ?? `opcode ${rest.opcode}`,
    payload: content(payload),
    payloadIsCut: payload.length < rest.payloadLength,
    ...(rest.opcode === 8 && payload.length >= 2 && { closeCode: closeCode(payload) }),
    ...(message && { message: { ...message, bytes: content(message.bytes) } }),
  };
}

const closeCode = ([high = 0, low = 0]: Uint8Array): number => high * 256 + low;

function content(bytes: Uint8Array): { readonly text: string } | { readonly base64: string } {
  const text = utf8Text(bytes);
  return text === undefined ? { base64: toBase64(bytes) } : { text };
}

/** The whole messages, one a line. Those of which only a part was kept are left out. */
export function recording(talk: Talk): string {
  const times = talk.entries.flatMap(({ at }) => (at === undefined ? [] : [at]));
  const began = times[0] ?? 0;
  const lines = talk.entries.flatMap((entry) => recordedLine(entry, began));
  const open = {
    atMs: 0,
    kind: "open",
    startedAt: new Date(began).toISOString(),
    url: talk.url ?? talk.watched?.path ?? "",
    subprotocol: subprotocolOf(talk),
  };
  return [open, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
}

function recordedLine(entry: Entry, began: number): readonly object[] {
  if (entry.kind !== "frame" || entry.message === undefined || entry.message.isCut) return [];
  const { bytes, opcode } = entry.message;
  const text = opcode === 1 ? utf8Text(bytes) : undefined;
  const atMs = Math.round((entry.at - began) * 1000) / 1000;
  const data = text === undefined ? { base64: toBase64(bytes) } : { text };
  return [{ atMs, kind: "message", from: entry.from, ...data }];
}

function subprotocolOf({ entries }: Talk): string {
  const handshake = entries.find((entry) => entry.kind === "handshake");
  const lines = handshake?.response?.headers ?? [];
  return lines.find(({ name }) => /^sec-websocket-protocol$/iu.test(name))?.value ?? "";
}

/** Gives a file to the browser to save. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
