/** Rules that the patched peer can be told to break, one at a time, and the cases that must notice. */
import type { CaseVerdict } from "../../../packages/tautline/src/conformance/judgement.ts";
import type {
  Behaviour,
  EndingGrade,
} from "../../../packages/tautline/src/conformance/observation.ts";

type Caught = readonly [Behaviour, EndingGrade, CaseVerdict];

interface FaultRow {
  /** What the peer does wrong. */
  readonly does: string;
  /** The role in which it is tried. Default: server. */
  readonly role?: "client";
  /** The right cases, their grades, and what `tautline check` says: a fault that breaks no MUST is a notice there. */
  readonly caught: Readonly<Record<string, Caught>>;
}

const failed: Caught = ["FAILED", "FAILED", "fail"];
const wrongContent: Caught = ["FAILED", "OK", "fail"];
/** What comes back cannot be used, and the connection is given up. */
const unusable: Caught = ["FAILED", "UNCLEAN", "fail"];
/** The rule is not enforced: the peer does not fail the connection. */
const passedOver: Caught = ["OK", "FAILED", "fail"];

export const faults = {
  "wrong-accept": {
    does: "answers the handshake with a wrong accept key",
    caught: { "1.1.1": failed },
  },
  "masked-echo": { does: "masks frames as a server", caught: { "1.1.2": unusable } },
  "unmasked-echo": {
    does: "does not mask frames as a client",
    role: "client",
    caught: { "1.1.2": unusable },
  },
  "no-empty-messages": {
    does: "swallows empty messages",
    caught: { "1.1.1": unusable, "6.1.1": unusable },
  },
  "long-form-126": { does: "writes the length 126 in 8 bytes", caught: { "1.1.3": unusable } },
  "length-of-16-bits": { does: "cuts messages at 65,535 bytes", caught: { "1.1.7": wrongContent } },
  "text-only": { does: "echoes binary messages as text", caught: { "1.2.1": wrongContent } },
  "first-byte-spoiled": {
    does: "changes a byte of long messages",
    caught: { "1.1.6": wrongContent },
  },
  "no-pong": { does: "does not answer pings", caught: { "2.1": unusable } },
  "empty-pong": { does: "answers pings with empty pongs", caught: { "2.2": wrongContent } },
  "text-pong": { does: "treats a ping's payload as text", caught: { "2.3": wrongContent } },
  "long-pings": { does: "takes pings of more than 125 bytes", caught: { "2.5": failed } },
  "pong-for-pong": {
    does: "answers pongs",
    caught: { "2.8": wrongContent, "2.9": wrongContent },
  },
  "last-pong-only": {
    does: "answers the last of several pings",
    caught: { "2.10": ["FAILED", "UNCLEAN", "notice"] },
  },
  "pings-at-message-end": {
    does: "answers pings when the message around them is complete",
    caught: { "5.6": ["FAILED", "OK", "notice"], "5.19": unusable },
  },
  rsv1: { does: "ignores RSV1", caught: { "3.4": failed } },
  rsv2: { does: "ignores RSV2", caught: { "3.2": failed } },
  rsv3: { does: "ignores RSV3", caught: { "3.1": failed } },
  "control-rsv": {
    does: "ignores reserved bits of control frames",
    caught: { "3.6": failed, "3.7": ["OK", "WRONG CODE", "notice"] },
  },
  "reserved-data": {
    does: "ignores reserved data opcodes",
    caught: { "4.1.1": passedOver, "4.1.3": failed },
  },
  "reserved-control": {
    does: "ignores reserved control opcodes",
    caught: { "4.2.1": passedOver, "4.2.3": failed },
  },
  "dropped-echo": {
    does: "drops what it has to send when it fails the connection",
    caught: { "3.2": ["NON-STRICT", "OK", "notice"], "4.1.3": ["NON-STRICT", "OK", "notice"] },
  },
  "fragmented-control": {
    does: "takes control frames without FIN",
    caught: { "5.1": wrongContent },
  },
  "fragments-apart": { does: "echoes each fragment as a message", caught: { "5.3": wrongContent } },
  "stray-continuation": {
    does: "takes a continuation frame without a beginning",
    caught: { "5.9": failed, "5.12": failed },
  },
  "nested-message": {
    does: "takes a new message inside another",
    caught: { "5.18": failed },
  },
  "no-utf8-check": {
    does: "does not check text",
    caught: { "6.3.1": failed, "6.12.1": failed, "6.20.1": failed },
  },
  "utf8-per-frame": {
    does: "checks each fragment as if it were a message",
    caught: { "6.2.3": failed },
  },
  "utf8-at-end": {
    does: "checks text when the message is complete",
    caught: { "6.4.1": ["NON-STRICT", "OK", "notice"], "6.4.3": ["NON-STRICT", "OK", "notice"] },
  },
  "utf8-at-frame-end": {
    does: "checks text when a frame is complete",
    caught: { "6.4.3": ["NON-STRICT", "OK", "notice"] },
  },
  surrogates: { does: "takes surrogates in text", caught: { "6.3.1": failed, "6.20.1": failed } },
  "non-characters": {
    does: "refuses code points that are no characters",
    caught: { "6.22.1": failed },
  },
  "no-close-answer": {
    does: "does not answer a Close frame",
    caught: { "7.1.1": ["OK", "UNCLEAN", "fail"], "7.3.3": ["OK", "UNCLEAN", "fail"] },
  },
  "echo-after-close": {
    does: "goes on after a Close frame",
    caught: { "7.1.3": wrongContent, "7.1.4": wrongContent },
  },
  "close-of-one-byte": {
    does: "takes a Close frame of one byte",
    caught: { "7.3.2": ["FAILED", "WRONG CODE", "fail"] },
  },
  "long-close": {
    does: "takes a Close frame of 126 bytes",
    caught: { "7.3.6": ["FAILED", "WRONG CODE", "fail"] },
  },
  "close-reason": {
    does: "does not check the reason of a Close frame",
    caught: { "7.5.1": ["FAILED", "WRONG CODE", "fail"] },
  },
  "any-close-code": {
    does: "takes any close code below 5000",
    caught: { "7.9.2": wrongContent, "7.9.8": ["FAILED", "WRONG CODE", "notice"] },
  },
  "few-close-codes": {
    does: "refuses the codes of applications",
    caught: { "7.7.10": ["FAILED", "WRONG CODE", "fail"] },
  },
  "other-close-code": {
    does: "answers every Close frame with 1001",
    caught: { "7.3.3": ["FAILED", "WRONG CODE", "notice"] },
  },
  "wrong-failure-code": {
    does: "fails connections with 1000",
    caught: { "3.1": ["OK", "WRONG CODE", "notice"], "6.3.1": ["OK", "WRONG CODE", "notice"] },
  },
  "no-tcp-close": {
    does: "leaves closing the TCP connection to the client",
    caught: { "7.3.3": ["OK", "FAILED BY CLIENT", "notice"] },
  },
  "whole-frames": {
    does: "expects each frame in one read",
    caught: { "1.1.8": failed, "2.6": unusable },
  },
} as const satisfies Record<string, FaultRow>;

export type Fault = keyof typeof faults;

/** The table's rows, with their optional members. */
export const faultRows: readonly (readonly [Fault, FaultRow])[] = Object.entries(faults).map(
  ([name, row]) => [name as Fault, row],
);
