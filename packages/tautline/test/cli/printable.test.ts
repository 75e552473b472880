// Text from a peer must reach the terminal without power over it, and without hiding anything.
import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";

import { printable } from "../../src/cli/printable.ts";

const rows = [
  { name: "plain text", text: "Hello, wörld ☕ 你好", shown: "Hello, wörld ☕ 你好" },
  { name: "a tab", text: "a\tb", shown: "a\tb" },
  { name: "line ends", text: "a\r\nb", shown: "a\\r\\nb" },
  { name: "ESC, as in a colour", text: "\u001b[31mred", shown: "\\e[31mred" },
  {
    name: "ESC, as in setting the clipboard",
    text: "\u001b]52;c;eA==\u0007",
    shown: "\\e]52;c;eA==\\x07",
  },
  { name: "C1's control sequence introducer", text: "\u009b31m", shown: "\\x9b31m" },
  { name: "DEL and backspace", text: "a\u007f\b", shown: "a\\x7f\\x08" },
  { name: "NUL", text: "a\0b", shown: "a\\0b" },
  { name: "a right-to-left override", text: "abc\u202egnp.exe", shown: "abc\\u202egnp.exe" },
  { name: "bidirectional isolates", text: "\u2066a\u2069", shown: "\\u2066a\\u2069" },
  { name: "the line separator", text: "a\u2028b", shown: "a\\u2028b" },
  { name: "a zero-width space", text: "pass\u200bword", shown: "pass\\u200bword" },
  { name: "a language tag", text: "a\u{E0041}", shown: "a\\u{e0041}" },
  { name: "a lone surrogate", text: "a\ud800b", shown: "a\\ud800b" },
  { name: "a joiner between emoji", text: "👩‍🚀", shown: "👩‍🚀" },
  { name: "a backslash, which stays what it is", text: "\\e", shown: "\\e" },
];

describe("printable", () => {
  for (const { name, text, shown } of rows) {
    it(`shows ${name}`, () => expect(printable(text)).toBe(shown));
  }

  it("marks escapes for a colour", () => {
    expect(printable("a\u001bb", (escape) => `<${escape}>`)).toBe("a<\\e>b");
  });

  it("leaves no control character in any text", () => {
    assert(
      property(string({ unit: "binary" }), (text) => {
        const controls = Array.from(printable(text)).filter((character) => {
          const code = character.codePointAt(0) ?? 0;
          return (code < 0x20 && code !== 9) || (code >= 0x7f && code < 0xa0);
        });
        expect(controls).toEqual([]);
      }),
    );
  });

  it("changes nothing in text that is already harmless", () => {
    assert(
      property(string({ unit: "grapheme-ascii" }), (text) => {
        expect(printable(text)).toBe(text);
      }),
    );
  });
});
