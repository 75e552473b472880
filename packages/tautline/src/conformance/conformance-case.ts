/**
 * The form of a test case: what is sent to a peer that echoes, what may come back, and how the connection ends.
 *
 * Cases are data. They know no socket and no role: the same case is played to a server and to a client. The numbers
 * are those of the Autobahn testsuite, so that results can be compared with other implementations' reports.
 */

import type { DeflateRequest } from "./deflate-terms.ts";

/** Bytes, or a pattern repeated to a length so that long ones need no memory in the tables. */
export type Payload = Uint8Array | { readonly pattern: Uint8Array; readonly byteLength: number };

/** Opcodes that have a meaning (RFC 6455 §5.2); a case may send any number from 0 to 15. */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameStep {
  readonly do: "frame";
  readonly opcode: number;
  readonly payload?: Payload;
  /** Default true. */
  readonly fin?: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. Default 0. */
  readonly rsv?: number;
  /** Sends the frame in writes of so many bytes. Default: in one write with the steps around it. */
  readonly chop?: number;
  /** Sends the frame in a write of its own. */
  readonly alone?: boolean;
}

/** A data message in fragments of equal size, the last one perhaps shorter. */
export interface MessageStep {
  readonly do: "message";
  readonly binary: boolean;
  readonly payload: Payload;
  readonly fragmentBytes: number;
  /** Sends it through permessage-deflate, which must have been agreed on. */
  readonly compressed?: boolean;
}

/** The tester starts the closing handshake. Steps behind it are sent all the same. */
export interface CloseStep {
  readonly do: "close";
  /** The whole payload: status code and reason, well-formed or not. */
  readonly payload: Uint8Array;
}

/** The head of a text frame whose payload follows in `bytes` steps. */
export interface HeadStep {
  readonly do: "head";
  readonly opcode: number;
  readonly byteLength: number;
}

export interface BytesStep {
  readonly do: "bytes";
  readonly bytes: Uint8Array;
}

/**
 * Waits, and notes it as an event if the connection stands afterwards. In a "quiet" pause nothing is due, and it is short;
 * in a "chance" the peer should fail the connection, so it is long and ends as soon as that happens.
 */
export interface PauseStep {
  readonly do: "pause";
  readonly name: "quiet" | "chance";
}

/** Goes on when so many events have come since the beginning. */
export interface AwaitStep {
  readonly do: "await";
  readonly events: number;
}

export type Step =
  FrameStep | MessageStep | CloseStep | HeadStep | BytesStep | PauseStep | AwaitStep;

/** What the tester notes, in the order in which it happened. */
export type CaseEvent =
  | { readonly kind: "text" | "binary" | "pong"; readonly payload: Payload }
  | { readonly kind: "pause"; readonly name: PauseStep["name"] }
  /** The peer itself broke the protocol; the tester has given the connection up. No case expects it. */
  | { readonly kind: "violation"; readonly what: string };

/** Events that are exactly as the case wants them, or that are tolerable. */
export interface Outcome {
  readonly grade: "OK" | "NON-STRICT";
  readonly events: readonly CaseEvent[];
}

export interface Ending {
  /** Who sends the first Close frame, or gives the connection up. */
  readonly by: "tester" | "peer";
  /** Status codes that the peer's Close frame may carry. */
  readonly codes: readonly number[];
  /** The peer's Close frame needs a code, for without one it could be an answer. Default: one without is fine. */
  readonly coded?: boolean;
  /** Whether both Close frames must have been exchanged. */
  readonly clean: boolean;
  /** An ending by the wrong side, or with a wrong code, spoils the whole case and not only the grade of the ending. */
  readonly decisive?: "side" | "code";
}

export interface ConformanceCase {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  /** The requirements it rests on. */
  readonly rfc: readonly string[];
  readonly send: readonly Step[];
  readonly outcomes: readonly Outcome[];
  readonly ending: Ending;
  /** The specification leaves open what happens: the case is played and never fails. */
  readonly informational?: boolean;
  /** What it asks for is no MUST: a peer that does otherwise breaks no rule. Default "must". */
  readonly weight?: "must" | "should";
  /** What is asked of the peer's permessage-deflate, most wanted first. Without this it is not offered. */
  readonly deflate?: readonly DeflateRequest[];
  /** Takes long: played by itself and after the others. */
  readonly heavy?: boolean;
}
