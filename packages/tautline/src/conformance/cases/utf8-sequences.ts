/**
 * Sections 6.5 to 6.23: what is UTF-8 and what is not (RFC 3629), after Markus Kuhn's stress test for decoders. Each row
 * is a text message of its own.
 */
import type { ConformanceCase } from "../conformance-case.ts";
import { ascii, hex } from "../payload.ts";
import { answered, frame, notUtf8, opcode, text } from "./case-forms.ts";
import { kosme } from "./utf8.ts";

interface Group {
  readonly what: string;
  readonly good?: readonly Uint8Array[];
  readonly bad?: readonly Uint8Array[];
  /** Rows of both kinds where they alternate. */
  readonly mixed?: readonly (readonly [Uint8Array, "good" | "bad"])[];
}

/** Rows of hexadecimal digits, separated by commas. */
const all = (rows: string): Uint8Array[] => rows.split(",").map(hex);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

/** Bytes that begin a sequence, each followed by a space; the last of a range is left out. */
const lonely = (from: number, to: number): Uint8Array =>
  Uint8Array.from(range(from, to).flatMap((byte) => [byte, 0x20]));

const withoutLastByte = all(
  "c0, e0 80, f0 80 80, f8 80 80 80, fc 80 80 80 80, df, ef bf, f7 bf bf, fb bf bf bf, fd bf bf bf bf",
);

/** Lengths at which the Greek text ends with a whole character. */
const wholeAt = new Set([2, 5, 7, 9, 11]);

/** The last two code points of each plane, which are no characters. */
const nonCharacters = range(0, 17).flatMap((plane) =>
  [0xfffe, 0xffff].map((low) => ascii(String.fromCodePoint(plane * 0x1_0000 + low))),
);

/** In the order of the sections, from 6.5 on. */
const groups: readonly Group[] = [
  {
    what: "valid text",
    good: [...["$", "¢", "€", "\u{24b62}"].map((one) => ascii(`hello${one}world`)), kosme],
  },
  {
    what: "a prefix of valid text",
    mixed: range(1, kosme.byteLength + 1).map((end) => [
      kosme.subarray(0, end),
      wholeAt.has(end) ? "good" : "bad",
    ]),
  },
  { what: "the first sequence of its length", good: all("00, c2 80, e0 a0 80, f0 90 80 80") },
  {
    what: "the first sequence of 5 or 6 bytes",
    bad: all("f8 88 80 80 80, fc 84 80 80 80 80"),
  },
  { what: "the last sequence of its length", good: all("7f, df bf, ef bf bf, f4 8f bf bf") },
  {
    what: "the last sequence of 4, 5 or 6 bytes, beyond U+10FFFF",
    bad: all("f7 bf bf bf, fb bf bf bf bf, fd bf bf bf bf bf"),
  },
  {
    what: "a boundary",
    good: all("ed 9f bf, ee 80 80, ef bf bd, f4 8f bf bf"),
    bad: all("f4 90 80 80"),
  },
  {
    what: "continuation bytes without a beginning",
    bad: [
      ...all("80, bf, 80 bf, 80 bf 80, 80 bf 80 bf, 80 bf 80 bf 80, 80 bf 80 bf 80 bf"),
      Uint8Array.from(range(0x80, 0xbf)),
    ],
  },
  {
    what: "beginnings without continuation bytes",
    bad: [
      lonely(0xc0, 0xdf),
      lonely(0xe0, 0xef),
      lonely(0xf0, 0xf7),
      lonely(0xf8, 0xfb),
      lonely(0xfc, 0xfd),
    ],
  },
  { what: "a sequence that lacks its last byte", bad: withoutLastByte },
  { what: "sequences that lack their last bytes, joined", bad: [Buffer.concat(withoutLastByte)] },
  { what: "bytes that never occur", bad: all("fe, ff, fe fe ff ff") },
  {
    what: "an ASCII character in too many bytes",
    bad: all("c0 af, e0 80 af, f0 80 80 af, f8 80 80 80 af, fc 80 80 80 80 af"),
  },
  {
    what: "the highest character that is in too many bytes",
    bad: all("c1 bf, e0 9f bf, f0 8f bf bf, f8 87 bf bf bf, fc 83 bf bf bf bf"),
  },
  {
    what: "NUL in too many bytes",
    bad: all("c0 80, e0 80 80, f0 80 80 80, f8 80 80 80 80, fc 80 80 80 80 80"),
  },
  {
    what: "a surrogate",
    bad: all("ed a0 80, ed ad bf, ed ae 80, ed af bf, ed b0 80, ed be 80, ed bf bf"),
  },
  {
    what: "a pair of surrogates",
    bad: ["ed a0 80", "ed ad bf", "ed ae 80", "ed af bf"].flatMap((high) =>
      all(`${high} ed b0 80, ${high} ed bf bf`),
    ),
  },
  { what: "a code point that is no character", good: nonCharacters },
  {
    what: "a special character",
    good: range(0xfff9, 0x1_0000).map((point) => ascii(String.fromCodePoint(point))),
  },
];

const firstGroup = 5;

function rowsOf({ good = [], bad = [], mixed = [] }: Group) {
  return [
    ...good.map((bytes) => [bytes, "good"] as const),
    ...bad.map((bytes) => [bytes, "bad"] as const),
    ...mixed,
  ];
}

function caseFor(id: string, what: string, bytes: Uint8Array, kind: "good" | "bad") {
  const digits = Buffer.from(bytes).toString("hex");
  const shown = digits.length > 24 ? `${digits.slice(0, 24)}…` : digits;
  const row = {
    id,
    title: `${what} (${shown}) ${kind === "good" ? "comes back" : "is refused"}`,
    rfc: kind === "good" ? ["RFC6455-5.6-1"] : ["RFC6455-8.1-1", "RFC6455-10.7-2"],
    send: [frame(opcode.text, bytes)],
  };
  return kind === "good" ? answered(row, [text(bytes)]) : notUtf8(row);
}

export const utf8Sequences: readonly ConformanceCase[] = groups.flatMap((group, i) =>
  rowsOf(group).map(([bytes, kind], j) =>
    caseFor(`6.${firstGroup + i}.${j + 1}`, group.what, bytes, kind),
  ),
);

/** The sections' titles, in order from 6.5 on. */
export const utf8SequenceTitles: readonly (readonly [string, string])[] = groups.map(
  ({ what }, i) => [`6.${firstGroup + i}`, `UTF-8: ${what}`],
);
