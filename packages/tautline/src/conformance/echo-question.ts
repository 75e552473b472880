/** The message by which a peer shows, outside of the numbered cases, that it echoes. */
import type { ConformanceCase } from "./conformance-case.ts";
import { encodeFrame } from "./frame-codec.ts";
import type { TesterRole } from "./frame-codec.ts";
import { ascii } from "./payload.ts";

export const question = { kind: "text", payload: ascii("tautline check") } as const;

/** Sends it, waits until it has come back, and closes. */
export const askForEcho: ConformanceCase = {
  id: "",
  section: "",
  title: "A message comes back",
  rfc: [],
  send: [{ do: "frame", opcode: 1, payload: question.payload }],
  outcomes: [{ grade: "OK", events: [question] }],
  ending: { by: "tester", codes: [1000], clean: true },
};

/** The same where it is on its way already. */
export const awaitEcho: ConformanceCase = { ...askForEcho, send: [] };

/** The frame that carries it, for who sends it with something else. */
export function questionFrame(role: TesterRole): Buffer {
  const frame = { fin: true, rsv: 0, opcode: 1, payload: Buffer.from(question.payload) };
  return Buffer.concat(encodeFrame(frame, role));
}
