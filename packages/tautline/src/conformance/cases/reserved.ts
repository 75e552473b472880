/** Sections 3 and 4: reserved bits and reserved opcodes fail the connection (RFC 6455 §5.2). */
import type { ConformanceCase, FrameStep } from "../conformance-case.ts";
import { ascii } from "../payload.ts";
import { frame, hello, notText, opcode, refused, text } from "./case-forms.ts";
import type { Row } from "./case-forms.ts";

const bits = ["RFC6455-5.2-2", "RFC6455-7.1.7-4"];
const opcodes = ["RFC6455-5.2-3", "RFC6455-7.1.7-4"];
const payload = ascii("reserved opcode payload");

/** A good message, the frame that is wrong, and a ping that must not be answered any more. */
function between(wrong: FrameStep, more: Partial<FrameStep> = {}): FrameStep[] {
  return [
    frame(opcode.text, hello, more),
    { ...wrong, ...more },
    frame(opcode.ping, undefined, more),
  ];
}

/** A peer that does not look at the bits would answer with a Close frame too, but with an empty one. */
function refusedWithCode(row: Row): ConformanceCase {
  const plain = refused(row);
  return { ...plain, ending: { ...plain.ending, coded: true } };
}

export const reservedBits: readonly ConformanceCase[] = [
  refused({
    id: "3.1",
    title: "A text frame with RSV3",
    rfc: bits,
    send: [frame(opcode.text, hello, { rsv: 1 })],
  }),
  refused(
    {
      id: "3.2",
      title: "A message, a text frame with RSV2, and a ping: the message comes back, no pong",
      rfc: bits,
      send: between(frame(opcode.text, hello, { rsv: 2 })),
    },
    [text(hello)],
  ),
  refused(
    {
      id: "3.3",
      title: "The same with RSV2 and RSV3, each frame in a write of its own",
      rfc: bits,
      send: between(frame(opcode.text, hello, { rsv: 3 }), { alone: true }),
    },
    [text(hello)],
  ),
  refused(
    {
      id: "3.4",
      title: "The same with RSV1, byte by byte",
      rfc: bits,
      send: between(frame(opcode.text, hello, { rsv: 4 }), { chop: 1 }),
    },
    [text(hello)],
  ),
  refused({
    id: "3.5",
    title: "A binary frame with RSV1 and RSV3",
    rfc: bits,
    send: [frame(opcode.binary, notText, { rsv: 5 })],
  }),
  refused({
    id: "3.6",
    title: "A ping with RSV1 and RSV2",
    rfc: bits,
    send: [frame(opcode.ping, hello, { rsv: 6 })],
  }),
  refusedWithCode({
    id: "3.7",
    title: "A Close frame with all three bits",
    rfc: bits,
    send: [frame(opcode.close, undefined, { rsv: 7 })],
  }),
];

/** Five reserved opcodes in a row are tried in five ways. */
function reservedFrom(first: number, section: string, kind: string): ConformanceCase[] {
  const row = (way: number, title: string, send: readonly FrameStep[]) => ({
    id: `${section}.${way}`,
    title: `Reserved ${kind} opcode ${first + way - 1}${title}`,
    rfc: opcodes,
    send,
  });
  const after = " after a message that comes back, then a ping that stays unanswered";
  return [
    refused(row(1, "", [frame(first)])),
    refused(row(2, " with payload", [frame(first + 1, payload)])),
    refused(row(3, after, between(frame(first + 2))), [text(hello)]),
    refused(row(4, ` with payload${after}`, between(frame(first + 3, hello))), [text(hello)]),
    refused(
      row(5, ` with payload${after}, byte by byte`, between(frame(first + 4, hello), { chop: 1 })),
      [text(hello)],
    ),
  ];
}

export const reservedOpcodes: readonly ConformanceCase[] = [
  ...reservedFrom(3, "4.1", "data"),
  ...reservedFrom(11, "4.2", "control"),
];
