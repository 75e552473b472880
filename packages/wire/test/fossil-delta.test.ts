/** Fossil deltas: vectors worked out by hand from the format's description, any two texts there and back, and forgeries. */

import { applyBinaryDelta, applyDelta, createBinaryDelta, createDelta } from "@tautline/wire";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

const generous = 1_000_000;

/** Checksums: "abc" is 0x61626300, "" is 0, sixteen times "abcd" is 16 × 0x61626364 modulo 2³². */
const vectors: { name: string; source: string; target: string; delta: string }[] = [
  { name: "nothing", source: "", target: "", delta: "0\n0;" },
  { name: "nothing of something", source: "abcd", target: "", delta: "0\n0;" },
  {
    name: "an insertion alone",
    source: "",
    target: "abc",
    delta: `3\n3:abc${digits(0x61626300)};`,
  },
  {
    name: "a copy alone",
    source: "abcd".repeat(16),
    target: "abcd".repeat(16),
    delta: `10\n10@0,${digits((16 * 0x61626364) % 2 ** 32)};`,
  },
];

function digits(value: number): string {
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";
  const rest = Math.floor(value / 64);
  return (rest === 0 ? "" : digits(rest)) + alphabet.charAt(value % 64);
}

/** The text as it arrives over a network. */
const wellFormed = (text: string): string => Buffer.from(text).toString();

describe("a delta", () => {
  test.each(vectors)("is $name", ({ source, target, delta }) => {
    expect(createDelta(source, target)).toBe(delta);
    expect(applyDelta(source, delta, generous)).toBe(target);
  });

  test("copies what is the same before and after a change", () => {
    const [before, after] = [
      "x".repeat(10) + "0123456789".repeat(10),
      "the rest, which is the same in both",
    ];
    const source = `${before}one${after}`;
    const target = `${before}two${after}`;
    const delta = createDelta(source, target);
    expect(delta.length).toBeLessThan(45);
    expect(delta).toContain("3:two");
    expect(applyDelta(source, delta, generous)).toBe(target);
  });

  test("takes the longest of several places that begin alike", () => {
    const start = "sixteen letters!";
    const source = `${start}a${".".repeat(15)}${start}bcd${"-".repeat(13)}${start}b?`;
    const delta = createDelta(source, `${start}bcd--------------`);
    expect(delta).toMatch(/^X\n/);
    expect(applyDelta(source, delta, generous)).toBe(`${start}bcd--------------`);
    expect(delta.length).toBeLessThan(20);
  });

  test("never cuts a character in two", () => {
    // All end in the same byte, two begin with the same ones.
    const source = `${"ä".repeat(20)}é🎉${"ö".repeat(20)}`;
    const target = `${"ä".repeat(20)}ĩ🎊${"ö".repeat(20)}`;
    const delta = createDelta(source, target);
    expect(delta).toContain("ĩ🎊");
    expect(delta).not.toContain("\ufffd");
    expect(applyDelta(source, delta, generous)).toBe(target);
  });

  test("of a text that repeats itself is made in bounded time", () => {
    const source = "0".repeat(60_000);
    const delta = createDelta(source, `${source}1${source}`);
    expect(delta.length).toBeLessThan(40);
  });

  test("of any text to any other leads there and is well-formed text", () => {
    const part = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom(
        '{"name":"value","list":[1,2,3]}',
        "the same sixteen bytes",
        "äöü🎉é".repeat(5),
      ),
    );
    const text = fc.array(part, { maxLength: 8 }).map((parts) => wellFormed(parts.join("")));
    fc.assert(
      fc.property(text, text, (source, target) => {
        const delta = createDelta(source, target);
        expect(wellFormed(delta)).toBe(delta);
        expect(applyDelta(source, delta, generous)).toBe(target);
      }),
      { numRuns: 500 },
    );
  });

  test("finds nothing where blocks are alike by their hash alone", () => {
    // "Aa" and "BB" have the same hash, whatever follows.
    const delta = createDelta(`Aa${"-".repeat(14)}`, `BB${"+".repeat(20)}`);
    expect(applyDelta(`Aa${"-".repeat(14)}`, delta, generous)).toBe(`BB${"+".repeat(20)}`);
    const other = createDelta("Aa--------------", "BB--------------");
    expect(other).toMatch(/^G\nG:BB-+/);
  });

  test("of a long text is whole", () => {
    const target = "long text 🎉 ".repeat(3000);
    expect(applyDelta("", createDelta("", target), generous)).toBe(target);
  });

  test("takes a lone surrogate for the replacement character", () => {
    expect(applyDelta("", createDelta("", "a\ud800b\udc00"), generous)).toBe("a\ufffdb\ufffd");
  });
});

describe("a delta of bytes", () => {
  test("of any to any others leads there", () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(
        new Uint8Array(30),
        Uint8Array.from({ length: 40 }, (_, n) => 0x80 + n),
      ),
    );
    const bytes = fc
      .array(part, { maxLength: 8 })
      .map((parts) => Uint8Array.from(parts.flatMap((one) => [...one])));
    fc.assert(
      fc.property(bytes, bytes, (source, target) => {
        const delta = createBinaryDelta(source, target);
        expect(applyBinaryDelta(source, delta, generous)).toEqual(target);
      }),
    );
  });

  test("is that of texts, in UTF-8", () => {
    const [source, target] = [`${"é".repeat(20)}a`, `${"é".repeat(20)}b`].map((text) =>
      Buffer.from(text),
    );
    const delta = createBinaryDelta(source ?? Buffer.of(), target ?? Buffer.of());
    expect(Buffer.from(delta).toString()).toBe(createDelta(String(source), String(target)));
    expect(delta.length).toBeLessThan(20);
  });

  test("of many bytes is whole", () => {
    const target = Uint8Array.from({ length: 20_000 }, (_, n) => (n * n) % 251);
    expect(applyBinaryDelta(target, createBinaryDelta(target, target), generous)).toEqual(target);
  });

  test("that is none is a range error", () => {
    expect(() => applyBinaryDelta(Uint8Array.of(1), Uint8Array.of(0xff), 9)).toThrow(RangeError);
  });
});

/** What becomes of a delta to a few digits. */
function outcome(delta: string): string {
  try {
    return typeof applyDelta("0123456789", delta, 1000) === "string" ? "a text" : "something else";
  } catch (error) {
    return error instanceof RangeError ? "a range error" : "another error";
  }
}

describe("what is no delta", () => {
  const source = "0123456789";
  const rows: { name: string; delta: string }[] = [
    { name: "nothing", delta: "" },
    { name: "a length without a line feed", delta: "3" },
    { name: "no end", delta: "3\n3:abc" },
    { name: "a wrong checksum", delta: "3\n3:abc0;" },
    { name: "less than its length", delta: "4\n3:abc1XObC0;" },
    { name: "more than its length", delta: "2\n3:abc1XObC0;" },
    { name: "a copy from beyond the source", delta: "3\n3@8,0;" },
    { name: "a copy from far beyond the source", delta: "3\n3@~~~~~~~~~~~~,0;" },
    { name: "a copy without an end", delta: "3\n3@0:" },
    { name: "an insertion beyond the delta", delta: "9\n9:abc" },
    { name: "an insertion of more than there is memory", delta: "9\n~~~~~~~~~~~~:abc" },
    { name: "an unknown step", delta: "3\n3!abc" },
    { name: "a text of 4 GiB", delta: "3~~~~~\n0;" },
    { name: "a text of a byte more than may be", delta: "11\n0;" },
  ];
  test.each(rows)("$name", ({ delta }) => {
    expect(() => applyDelta(source, delta, 64)).toThrow(RangeError);
  });

  test("any text at all: a range error or a text, and nothing else", () => {
    fc.assert(
      fc.property(fc.string(), (delta) => {
        expect(outcome(delta)).toBeOneOf(["a text", "a range error"]);
      }),
    );
  });
});
