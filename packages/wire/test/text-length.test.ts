/** Lengths in UTF-8 against Node's own count. */

import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exceedsUtf8, utf8Length } from "@tautline/wire";

describe("the length in UTF-8", () => {
  it("is Node's, lone surrogates included", () => {
    for (const text of ["", "a", "é", "€", "😀", "\ud800", "\ud800a", "\udc00", "a\ud83d\ude00b"]) {
      expect([text, utf8Length(text)]).toEqual([text, Buffer.byteLength(text)]);
    }
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it("is compared with a limit without counting where that is not needed", () => {
    expect(exceedsUtf8("aaa", 2)).toBe(true);
    expect(exceedsUtf8("aaa", 9)).toBe(false);
    expect(exceedsUtf8("aaa", 3)).toBe(false);
    expect(exceedsUtf8("€", 2)).toBe(true);
  });
});
