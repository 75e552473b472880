/**
 * What an engine reports and sends, as lines that a table can hold and a failed comparison can show.
 */
import type { ConnectionEnd, ErrorCode, EngineEvents, MessageParts } from "@tautline/protocol";
import { errorTable } from "@tautline/protocol";
import { createHash } from "node:crypto";
import type { ReadFrame } from "./frame-bytes.ts";
import { joined, opcodes, utf8 } from "./frame-bytes.ts";

/** Longer payloads are shown by their length and the beginning of their hash. */
const shownBytes = 48;

/** `bytes` as a line shows them. */
function shown(payload: string | Uint8Array): string {
  const bytes = typeof payload === "string" ? utf8(payload) : payload;
  if (bytes.byteLength <= shownBytes) return `<${Buffer.from(bytes).toString("hex")}>`;
  const digest = createHash("sha1").update(bytes).digest("hex").slice(0, 12);
  return `<${bytes.byteLength} bytes ${digest}>`;
}

/** The lines of events. */
export const said = {
  text: (message: string) =>
    `text ${JSON.stringify(message.length > shownBytes ? shown(message) : message)}`,
  binary: (message: Uint8Array) => `binary ${shown(message)}`,
  ping: (payload: string | Uint8Array) => `ping ${shown(payload)}`,
  pong: (payload: string | Uint8Array) => `pong ${shown(payload)}`,
  closed: (end: ConnectionEnd) => {
    const manner = end.wasClean ? "clean" : "unclean";
    return `closed ${end.code} ${JSON.stringify(end.reason)} ${manner} ${end.error?.code ?? "without error"}`;
  },
  closedCleanly: (code: number, reason = "") => said.closed({ code, reason, wasClean: true }),
};

/** Event handlers that write down what they are told, and pass it on to those that stand behind them. */
export function recordingEvents(
  lines: string[],
  behind: () => Partial<EngineEvents> = () => ({}),
): EngineEvents {
  return {
    text(message) {
      lines.push(said.text(message));
      behind().text?.(message);
    },
    binary(message) {
      lines.push(said.binary(message));
      behind().binary?.(message);
    },
    ping(payload) {
      lines.push(said.ping(payload));
      behind().ping?.(payload);
    },
    pong(payload) {
      lines.push(said.pong(payload));
      behind().pong?.(payload);
    },
    closeReceived(status) {
      behind().closeReceived?.(status);
    },
    failed(error) {
      behind().failed?.(error);
    },
    closed(end) {
      lines.push(said.closed(end));
      behind().closed?.(end);
    },
  };
}

/** Tells `events` of messages that come in parts once they are complete, and checks what the parts promise. */
export function joiningParts(events: EngineEvents): MessageParts {
  let type: "text" | "binary" | undefined;
  let taken: Uint8Array[] = [];
  return {
    begin(next) {
      if (type !== undefined) throw new Error(`a ${next} message begins within another`);
      type = next;
      taken = [];
    },
    part(bytes) {
      if (type === undefined) throw new Error("a part of no message");
      if (bytes.byteLength === 0) throw new Error("a part of no bytes");
      taken.push(bytes.slice());
    },
    end() {
      const whole = joined(taken);
      if (type === "text") events.text(new TextDecoder("utf-8", strict).decode(whole));
      else if (type === "binary") events.binary(whole);
      else throw new Error("the end of no message");
      type = undefined;
    },
  };
}

const strict = { fatal: true, ignoreBOM: true };

/** The lines of frames that were sent. */
export const sent = {
  text: (message: string) => `text ${shown(message)}`,
  binary: (message: Uint8Array) => `binary ${shown(message)}`,
  ping: (payload: string | Uint8Array = "") => `ping ${shown(payload)}`,
  pong: (payload: string | Uint8Array = "") => `pong ${shown(payload)}`,
  close: (code?: number, reason = "") => `close ${code ?? "empty"} ${JSON.stringify(reason)}`,
};

const names = new Map<number, string>(
  Object.entries(opcodes).map(([name, opcode]) => [opcode, name]),
);

/** The line of a frame that was read back. */
export function frameLine(frame: ReadFrame): string {
  const flags = `${frame.fin ? "" : " unfinished"}${frame.reserved === 0 ? "" : ` rsv${frame.reserved}`}`;
  const { payload } = frame;
  if (frame.opcode !== opcodes.close || flags !== "" || payload.byteLength === 1) {
    return `${names.get(frame.opcode) ?? frame.opcode}${flags} ${shown(payload)}`;
  }
  if (payload.byteLength === 0) return sent.close();
  const code = new DataView(payload.buffer, payload.byteOffset).getUint16(0);
  return sent.close(code, new TextDecoder("utf-8", { fatal: true }).decode(payload.subarray(2)));
}

/** What is seen of a connection. */
export interface Seen {
  readonly events: readonly string[];
  readonly output: readonly string[];
}

/** What is seen when the engine fails the connection: it tells the peer, and then its own side (§7.1.7). */
export function fails(code: ErrorCode, before: Partial<Seen> = {}): Seen {
  const { closeCode, text } = errorTable[code] as { closeCode?: number; text: string };
  const manner = closeCode === undefined ? '1006 ""' : `${closeCode} ${JSON.stringify(text)}`;
  return {
    events: [...(before.events ?? []), `closed ${manner} unclean ${code}`],
    output: [
      ...(before.output ?? []),
      ...(closeCode === undefined ? [] : [sent.close(closeCode, text)]),
    ],
  };
}
