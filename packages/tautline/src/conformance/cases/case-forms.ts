/** The forms that most cases have: a message comes back, the peer fails the connection, the tester closes. */
import { ascii, hex } from "../payload.ts";
import { opcode } from "../conformance-case.ts";
import type {
  CaseEvent,
  CloseStep,
  ConformanceCase,
  Ending,
  FrameStep,
  Outcome,
  Payload,
  Step,
} from "../conformance-case.ts";

/** What every row says for itself. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly rfc: readonly string[];
  readonly send: readonly Step[];
}

export const hello: Uint8Array = ascii("Hello, world!");
export const notText: Uint8Array = hex("00 ff fe fd fc fb 00 ff");

export function frame(
  code: number,
  payload?: Payload,
  more: Partial<Omit<FrameStep, "do" | "opcode" | "payload">> = {},
): FrameStep {
  return { do: "frame", opcode: code, ...(payload === undefined ? {} : { payload }), ...more };
}

export const text = (payload: Payload): CaseEvent => ({ kind: "text", payload });
export const binary = (payload: Payload): CaseEvent => ({ kind: "binary", payload });
export const pong = (payload: Payload): CaseEvent => ({ kind: "pong", payload });

/** The payload of a Close frame. */
export function status(code: number, reason: Uint8Array = new Uint8Array(0)): Uint8Array {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), reason]);
}

export const close = (code: number, reason?: Uint8Array): CloseStep => ({
  do: "close",
  payload: status(code, reason),
});

const normally: Ending = { by: "tester", codes: [1000], clean: true };

/** "1.2.3" stands in section 1.2, "2.3" in section 2. */
function sectionOf(id: string): string {
  return id.slice(0, id.lastIndexOf("."));
}

export function caseOf(
  row: Row,
  outcomes: readonly Outcome[],
  ending: Ending,
  more: Partial<ConformanceCase> = {},
): ConformanceCase {
  return { ...row, section: sectionOf(row.id), outcomes, ending, ...more };
}

/** All is legal: the events come, and then the tester closes. */
export function answered(
  row: Row,
  events: readonly CaseEvent[],
  more: Partial<ConformanceCase> = {},
): ConformanceCase {
  return caseOf(row, [{ grade: "OK", events }], normally, more);
}

/**
 * The peer fails the connection with 1002. What it had to echo before comes first; a peer that drops it is tolerable.
 */
export function refused(row: Row, before: readonly CaseEvent[] = []): ConformanceCase {
  const strict: Outcome = { grade: "OK", events: before };
  const tolerable: Outcome = { grade: "NON-STRICT", events: [] };
  const outcomes = before.length === 0 ? [strict] : [strict, tolerable];
  return caseOf(row, outcomes, { by: "peer", codes: [1002], clean: false });
}

/** The peer fails the connection with 1007; one that does not notice fails the case. */
export function notUtf8(row: Row, outcomes: readonly Outcome[] = [strictly()]): ConformanceCase {
  return caseOf(row, outcomes, { by: "peer", codes: [1007], clean: false, decisive: "side" });
}

const strictly = (): Outcome => ({ grade: "OK", events: [] });

/** The tester closes with something legal; the answer has one of these codes. */
export function closed(row: Row, codes: readonly number[] = [1000]): ConformanceCase {
  return caseOf(row, [strictly()], { by: "tester", codes, clean: true, decisive: "code" });
}

/** The tester's Close frame is not legal: the peer says so, or drops the connection. */
export function closeRefused(row: Row, codes: readonly number[] = [1002]): ConformanceCase {
  return caseOf(row, [strictly()], { by: "tester", codes, clean: false, decisive: "code" });
}

export { opcode };
