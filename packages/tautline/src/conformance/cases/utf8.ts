/** Sections 6.1 to 6.4: text in fragments, and how soon text that is not UTF-8 is refused (RFC 6455 §5.6, §8.1). */
import type { ConformanceCase, Outcome, Payload, Step } from "../conformance-case.ts";
import { ascii, hex } from "../payload.ts";
import { answered, frame, notUtf8, opcode, text } from "./case-forms.ts";

const { continuation } = opcode;
const empty = new Uint8Array(0);
const middle = ascii("middle frame payload");
const latin = ascii("Hello-µ@ßöäüàá-UTF-8!!");
/** The bytes of "Hello-µ@ßöä": the last of them ends a character. */
const onBoundary = 15;
export const kosme: Uint8Array = hex("ce ba e1 bd b9 cf 83 ce bc ce b5");
const edited = ascii("edited");
/** A surrogate: no character that UTF-8 may encode. */
const withSurrogate = Buffer.concat([kosme, hex("ed a0 80"), edited]);
/** Behind U+10FFFF; the second of the four bytes makes it invalid. */
const beyond = hex("f4 90 80 80");
const withBeyond = Buffer.concat([kosme, beyond, edited]);

const valid = ["RFC6455-5.6-1"];
const invalid = ["RFC6455-8.1-1", "RFC6455-5.6-1", "RFC6455-10.7-2"];

const inFragments = (payload: Payload, fragmentBytes: number): Step[] => [
  { do: "message", binary: false, payload, fragmentBytes },
];

/** What a strict peer does: it stands after the first part, and not any more after the second. */
const failFast: readonly Outcome[] = [
  { grade: "OK", events: [{ kind: "pause", name: "quiet" }] },
  {
    grade: "NON-STRICT",
    events: [
      { kind: "pause", name: "quiet" },
      { kind: "pause", name: "chance" },
    ],
  },
];

/** The message in three parts, cut where `cuts` say, with time to fail after each. */
function threeFrames(id: string, how: string, [one, two]: readonly [number, number]) {
  const send: Step[] = [
    frame(opcode.text, withBeyond.subarray(0, one), { fin: false }),
    { do: "pause", name: "quiet" },
    frame(continuation, withBeyond.subarray(one, two), { fin: false }),
    { do: "pause", name: "chance" },
    frame(continuation, withBeyond.subarray(two)),
  ];
  const title = `The second of three fragments is not UTF-8 (${how}): it is refused before the third comes`;
  return notUtf8({ id, title, rfc: invalid, send }, failFast);
}

function threePieces(id: string, how: string, [one, two]: readonly [number, number]) {
  const send: Step[] = [
    { do: "head", opcode: opcode.text, byteLength: withBeyond.byteLength },
    { do: "bytes", bytes: withBeyond.subarray(0, one) },
    { do: "pause", name: "quiet" },
    { do: "bytes", bytes: withBeyond.subarray(one, two) },
    { do: "pause", name: "chance" },
    { do: "bytes", bytes: withBeyond.subarray(two) },
  ];
  const title = `The second of three pieces of one frame is not UTF-8 (${how}): it is refused before the third comes`;
  return notUtf8({ id, title, rfc: invalid, send }, failFast);
}

const wholeCharacter: readonly [number, number] = [kosme.byteLength, kosme.byteLength + 4];
const firstWrongByte: readonly [number, number] = [kosme.byteLength + 1, kosme.byteLength + 2];

export const utf8: readonly ConformanceCase[] = [
  answered(
    { id: "6.1.1", title: "An empty text message", rfc: valid, send: [frame(opcode.text)] },
    [text(empty)],
  ),
  answered(
    {
      id: "6.1.2",
      title: "A text message of three empty fragments",
      rfc: valid,
      send: [
        frame(opcode.text, empty, { fin: false }),
        frame(continuation, empty, { fin: false }),
        frame(continuation),
      ],
    },
    [text(empty)],
  ),
  answered(
    {
      id: "6.1.3",
      title: "A text message of three fragments of which the outer ones are empty",
      rfc: valid,
      send: [
        frame(opcode.text, empty, { fin: false }),
        frame(continuation, middle, { fin: false }),
        frame(continuation),
      ],
    },
    [text(middle)],
  ),
  answered(
    { id: "6.2.1", title: "Text beyond ASCII", rfc: valid, send: [frame(opcode.text, latin)] },
    [text(latin)],
  ),
  answered(
    {
      id: "6.2.2",
      title: "Text beyond ASCII in two fragments, cut between characters",
      rfc: valid,
      send: [
        frame(opcode.text, latin.subarray(0, onBoundary), { fin: false }),
        frame(continuation, latin.subarray(onBoundary)),
      ],
    },
    [text(latin)],
  ),
  answered(
    {
      id: "6.2.3",
      title: "Text beyond ASCII in fragments of one byte, cut within characters",
      rfc: valid,
      send: inFragments(latin, 1),
    },
    [text(latin)],
  ),
  answered(
    {
      id: "6.2.4",
      title: "Greek text in fragments of one byte",
      rfc: valid,
      send: inFragments(kosme, 1),
    },
    [text(kosme)],
  ),
  notUtf8({
    id: "6.3.1",
    title: "A surrogate in the text is refused",
    rfc: invalid,
    send: [frame(opcode.text, withSurrogate)],
  }),
  notUtf8({
    id: "6.3.2",
    title: "A surrogate in the text is refused in fragments of one byte too",
    rfc: invalid,
    send: inFragments(withSurrogate, 1),
  }),
  threeFrames("6.4.1", "a whole character beyond U+10FFFF", wholeCharacter),
  threeFrames("6.4.2", "the one byte that makes it wrong", firstWrongByte),
  threePieces("6.4.3", "a whole character beyond U+10FFFF", wholeCharacter),
  threePieces("6.4.4", "the one byte that makes it wrong", firstWrongByte),
];
