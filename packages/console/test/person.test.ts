import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";

import { cleanPersonName, longestPersonName } from "../page/line/person.ts";

describe("names of people", () => {
  const rows = [
    { name: "spaces", given: "  Ada   Lovelace ", cleaned: "Ada Lovelace" },
    { name: "Chinese", given: "小明", cleaned: "小明" },
    { name: "a decomposed letter", given: "E\u0301mile", cleaned: "Émile" },
    { name: "a right-to-left override", given: "\u202eadA", cleaned: "adA" },
    { name: "zero-width characters", given: "A\u200bda\ufeff", cleaned: "Ada" },
    { name: "nothing but invisible characters", given: "\u200b\u2060 \u00ad", cleaned: "" },
    { name: "too many characters", given: "x".repeat(99), cleaned: "x".repeat(24) },
    {
      name: "an emoji at the limit",
      given: `${"x".repeat(23)}😀😀`,
      cleaned: `${"x".repeat(23)}😀`,
    },
  ];
  for (const { name, given, cleaned } of rows) {
    it(`cleans ${name}`, () => expect(cleanPersonName(given)).toBe(cleaned));
  }

  it("cleans again to the same", () => {
    assert(
      property(string({ unit: "binary" }), (text) => {
        const once = cleanPersonName(text);
        expect(cleanPersonName(once)).toBe(once);
        expect(Array.from(once).length).toBeLessThanOrEqual(longestPersonName);
      }),
    );
  });
});
