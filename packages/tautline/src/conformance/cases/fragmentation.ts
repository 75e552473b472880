/** Section 5: fragmented messages, and control frames between the fragments (RFC 6455 §5.4). */
import type { ConformanceCase, FrameStep, Step } from "../conformance-case.ts";
import { ascii } from "../payload.ts";
import { answered, frame, hello, opcode, pong, refused, text } from "./case-forms.ts";

type Way = Partial<FrameStep>;

const { continuation } = opcode;
const inOne: Way = {};
const framewise: Way = { alone: true };
const bytewise: Way = { chop: 1 };
/** The three ways in which the same bytes are sent, as three cases in a row. */
const ways: readonly (readonly [Way, string])[] = [
  [inOne, "in one write"],
  [framewise, "frame by frame"],
  [bytewise, "byte by byte"],
];

const pieces = ascii("fragment1fragment2fragment3fragment4fragment5");
const piece = (number: number): Uint8Array => pieces.subarray((number - 1) * 9, number * 9);
const pingPayload = ascii("ping payload");

const first = (number: number, way: Way = {}): FrameStep =>
  frame(opcode.text, piece(number), { ...way, fin: false });
const middle = (number: number, way: Way = {}): FrameStep =>
  frame(continuation, piece(number), { ...way, fin: false });
const last = (number: number, way: Way = {}): FrameStep => frame(continuation, piece(number), way);

const joined = ["RFC6455-5.4-2", "RFC6455-5.4-5"];
const injected = ["RFC6455-5.4-4", "RFC6455-5.5.2-2"];
const ordered = ["RFC6455-6.2-1", "RFC6455-10.7-1"];

function fragmentedControl(id: string, name: "ping" | "pong"): ConformanceCase {
  return refused({
    id,
    title: `A ${name} in two fragments`,
    rfc: ["RFC6455-5.4-1", "RFC6455-5.5-2"],
    send: [frame(opcode[name], piece(1), { fin: false }), last(2)],
  });
}

const inTwo = ways.map(([way, how], i) =>
  answered(
    {
      id: `5.${3 + i}`,
      title: `A text message in two fragments, ${how}`,
      rfc: joined,
      send: [first(1, way), last(2, way)],
    },
    [text(pieces.subarray(0, 18))],
  ),
);

const aroundPing = ways.map(([way, how], i) =>
  answered(
    {
      id: `5.${6 + i}`,
      title: `A ping between two fragments is answered first, ${how}`,
      rfc: [...joined, ...injected],
      send: [first(1, way), frame(opcode.ping, pingPayload, way), last(2, way)],
    },
    [pong(pingPayload), text(pieces.subarray(0, 18))],
  ),
);

function nothingToContinue(start: number, fin: boolean): ConformanceCase[] {
  return ways.map(([way, how], i) =>
    refused({
      id: `5.${start + i}`,
      title: `A continuation frame (FIN ${fin ? 1 : 0}) without a beginning, then a message, ${how}`,
      rfc: ordered,
      send: [
        frame(continuation, ascii("non-continuation payload"), { ...way, fin }),
        frame(opcode.text, hello, way),
      ],
    }),
  );
}

function twiceWithoutBeginning(id: string, fin: boolean): ConformanceCase {
  const once = [frame(continuation, piece(1), { fin }), first(2), last(3)];
  return refused({
    id,
    title: `Twice: a continuation frame (FIN ${fin ? 1 : 0}) without a beginning, then a message in two fragments`,
    rfc: ordered,
    send: [...once, ...once],
  });
}

/** Five fragments with two pings; the second half is sent when the first ping has been answered. */
function inFive(id: string, way: Way, how: string): ConformanceCase {
  const [one, two] = [ascii("pongme 1!"), ascii("pongme 2!")];
  const send: Step[] = [
    first(1, way),
    middle(2, way),
    frame(opcode.ping, one, way),
    { do: "await", events: 1 },
    middle(3, way),
    middle(4, way),
    frame(opcode.ping, two, way),
    last(5, way),
  ];
  return answered(
    {
      id,
      title: `Five fragments with two pings among them; the first pong comes before the message is complete, ${how}`,
      rfc: [...joined, ...injected],
      send,
    },
    [pong(one), pong(two), text(pieces)],
  );
}

export const fragmentation: readonly ConformanceCase[] = [
  fragmentedControl("5.1", "ping"),
  fragmentedControl("5.2", "pong"),
  ...inTwo,
  ...aroundPing,
  ...nothingToContinue(9, true),
  ...nothingToContinue(12, false),
  refused(
    {
      id: "5.15",
      title:
        "A message in two fragments that comes back, then a continuation frame without a beginning, then a message",
      rfc: ordered,
      send: [first(1), last(2), middle(3), frame(opcode.text, piece(4))],
    },
    [text(pieces.subarray(0, 18))],
  ),
  twiceWithoutBeginning("5.16", false),
  twiceWithoutBeginning("5.17", true),
  refused({
    id: "5.18",
    title: "A second text frame where the first message is not finished",
    rfc: ["RFC6455-5.4-3", "RFC6455-5.4-10"],
    send: [first(1), frame(opcode.text, piece(2))],
  }),
  inFive("5.19", inOne, "in two writes"),
  inFive("5.20", framewise, "frame by frame"),
];
