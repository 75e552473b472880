/** Values become payloads and come back; what has no JSON form is the caller's mistake. */

import { describe, expect, it } from "vitest";
import { decodePayload, encodePayload } from "@tautline/wire";

describe("payloads", () => {
  it("hold any JSON value", () => {
    for (const value of [null, 0, "", "a\nb", [1, { two: [] }], { __proto__: null }]) {
      expect(decodePayload(encodePayload(value))).toEqual(value);
    }
  });

  it("never hold a line feed", () => {
    expect(encodePayload({ text: "a\nb\u2028" })).not.toContain("\n");
  });

  it("refuse what has no JSON form", () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    for (const value of [undefined, () => 1, Symbol("x"), 1n, cycle]) {
      expect(() => encodePayload(value)).toThrow(TypeError);
    }
  });
});
