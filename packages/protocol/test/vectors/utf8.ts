/**
 * RFC 6455 §5.6, §8.1: text is UTF-8 as a whole, and fails at the first byte that makes it wrong.
 */
import type { Row } from "../engine-player.ts";
import { binary, continuation, hex, joined, more, text, utf8 } from "../frame-bytes.ts";
import { fails, said } from "../frame-text.ts";

const rfc = ["RFC6455-8.1-1", "RFC6455-5.6-1"];

/** First and last code point of each length in bytes, and the neighbours of the surrogates. */
const valid = [
  "00",
  "7f",
  "c2 80",
  "df bf",
  "e0 a0 80",
  "ec bf bf",
  "ed 80 80",
  "ed 9f bf",
  "ee 80 80",
  "ef bf bd",
  "ef bf be",
  "ef bf bf",
  "f0 90 80 80",
  "f0 9f bf bf",
  "f3 bf bf bf",
  "f4 80 80 80",
  "f4 8f bf bf",
  "ef bb bf",
  "ce ba e1 bd b9 cf 83 ce bc ce b5",
];

/** What is wrong, and the bytes up to and including the first wrong one. */
const invalid: readonly (readonly [why: string, digits: string])[] = [
  ["a continuation byte alone", "80"],
  ["the last continuation byte alone", "bf"],
  ["an overlong two-byte form (C0)", "c0"],
  ["an overlong two-byte form (C1)", "c1"],
  ["an overlong three-byte form", "e0 80"],
  ["the longest overlong three-byte form", "e0 9f"],
  ["an overlong four-byte form", "f0 80"],
  ["the longest overlong four-byte form", "f0 8f"],
  ["the first high surrogate", "ed a0"],
  ["the last low surrogate", "ed bf"],
  ["a code point above U+10FFFF", "f4 90"],
  ["a lead byte of code points far above", "f5"],
  ["a lead byte of a five-byte form", "f8"],
  ["a lead byte of a six-byte form", "fc"],
  ["FE, which never stands in UTF-8", "fe"],
  ["FF, which never stands in UTF-8", "ff"],
  ["two bytes cut short by ASCII", "c3 28"],
  ["three bytes cut short after the lead by ASCII", "e2 28"],
  ["three bytes cut short after the second by ASCII", "e2 82 28"],
  ["four bytes cut short after the third by ASCII", "f0 9f 98 28"],
  ["three bytes cut short by a lead byte", "e2 82 c3"],
  ["a lead byte after a lead byte", "c3 c3"],
];

const accepted: readonly Row[] = valid.flatMap((digits): Row[] => {
  const bytes = joined([utf8("<"), hex(digits), utf8(">")]);
  const message = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return [
    {
      name: `${digits} in one frame`,
      rfc,
      role: "both",
      bytes: [text(bytes)],
      events: [said.text(message)],
      output: [],
    },
    {
      name: `${digits} in a frame for each byte`,
      rfc,
      role: "both",
      bytes: [
        ...[...bytes].map((byte, index) =>
          index === 0 ? text(Uint8Array.of(byte), more) : continuation(Uint8Array.of(byte), more),
        ),
        continuation(""),
      ],
      events: [said.text(message)],
      output: [],
    },
  ];
});

/** The frame announces more than is sent: the engine must not wait for the rest. */
const failFast: readonly Row[] = invalid.flatMap(([why, digits]): Row[] => [
  {
    name: `${why} (${digits}) fails before the frame is complete`,
    rfc,
    role: "both",
    bytes: [text(joined([utf8("good "), hex(digits)]), { claimedLength: 100n })],
    ...fails("PROTOCOL_INVALID_UTF8"),
  },
  {
    name: `${why} (${digits}) fails before the message is complete`,
    rfc,
    role: "both",
    bytes: [
      text(joined([utf8("good "), hex(digits).subarray(0, -1)]), more),
      continuation(hex(digits).subarray(-1), { ...more, claimedLength: 9n }),
    ],
    ...fails("PROTOCOL_INVALID_UTF8"),
  },
]);

const cutOff: readonly Row[] = ["c3", "e2", "e2 82", "f0", "f0 9f", "f0 9f a7"].flatMap(
  (digits): Row[] => [
    {
      name: `a text that ends within a character (${digits})`,
      rfc,
      role: "both",
      bytes: [text(hex(digits)), text("not read")],
      ...fails("PROTOCOL_INVALID_UTF8"),
    },
    {
      name: `a fragmented text that ends within a character (${digits})`,
      rfc,
      role: "both",
      bytes: [text(hex(digits), more), continuation("")],
      ...fails("PROTOCOL_INVALID_UTF8"),
    },
  ],
);

/** Long enough that the engine hands the middle of a piece to the platform. */
const padding = utf8("a piece of text that is longer than thirty-two bytes ");

/** Characters of each length, and where a border may cut them. */
const cuts = ["é", "€", "🧵"].flatMap((character) =>
  Array.from(utf8(character), (_, cut) => ({ character, cut })),
);

const longPieces: readonly Row[] = [
  ...cuts.map(({ character, cut }): Row => {
    const bytes = utf8(character);
    return {
      name: `long pieces with a border ${cut} bytes into ${character}`,
      rfc,
      role: "both",
      bytes: [
        text(joined([padding, bytes.subarray(0, cut)]), more),
        continuation(joined([bytes.subarray(cut), padding]), more),
        continuation(""),
      ],
      events: [said.text(new TextDecoder().decode(joined([padding, bytes, padding])))],
      output: [],
    };
  }),
  ...[
    {
      where: "at the beginning, after a character that was cut",
      first: "f0 9f",
      second: "41",
      pad: "behind",
    },
    { where: "in the middle", first: "", second: "e2 28", pad: "around" },
    { where: "at the end", first: "", second: "c0", pad: "before" },
    { where: "in the last character but one", first: "", second: "e2 28 41", pad: "before" },
    {
      where: "by too many continuation bytes at the end",
      first: "",
      second: "80 80 80",
      pad: "before",
    },
  ].map(({ where, first, second, pad }): Row => ({
    name: `a long piece that is wrong ${where}`,
    rfc,
    role: "both",
    bytes: [
      text(hex(first), more),
      continuation(
        joined([
          ...(pad === "behind" ? [] : [padding]),
          hex(second),
          ...(pad === "before" ? [] : [padding]),
        ]),
        more,
      ),
    ],
    ...fails("PROTOCOL_INVALID_UTF8"),
  })),
];

const rest: readonly Row[] = [
  {
    name: "a byte order mark is part of the text",
    rfc,
    role: "both",
    bytes: [text("\ufeffmarked")],
    events: [said.text("\ufeffmarked")],
    output: [],
  },
  {
    name: "a character in two fragments",
    rfc,
    role: "both",
    bytes: [text(hex("f0 9f"), more), continuation(hex("a7 b5"))],
    events: [said.text("🧵")],
    output: [],
  },
  {
    name: "binary may be anything",
    rfc,
    role: "both",
    bytes: [binary(hex("c0 80 ff fe")), binary(hex("ed a0"), more), continuation(hex("80"))],
    events: [said.binary(hex("c0 80 ff fe")), said.binary(hex("ed a0 80"))],
    output: [],
  },
  {
    name: "a text after a binary message is judged afresh",
    rfc,
    role: "both",
    bytes: [binary(hex("e2")), text("fine"), text(hex("82"))],
    ...fails("PROTOCOL_INVALID_UTF8", { events: [said.binary(hex("e2")), said.text("fine")] }),
  },
];

export const utf8Rows: readonly Row[] = [
  ...accepted,
  ...failFast,
  ...cutOff,
  ...longPieces,
  ...rest,
];
