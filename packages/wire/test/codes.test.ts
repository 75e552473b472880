/** The tables of codes: numbers that clients in many languages act on. */

import { describe, expect, it } from "vitest";
import {
  disconnects,
  reconnectsAfter,
  replyErrors,
  resubscribesAfter,
  unsubscribes,
} from "@tautline/wire";

const codesOf = (table: Readonly<Record<string, { readonly code: number }>>) =>
  Object.values(table).map((entry) => entry.code);

describe("errors", () => {
  it("are numbered 100 to 113, the temporary ones known", () => {
    expect(codesOf(replyErrors)).toEqual(Array.from({ length: 14 }, (_, index) => 100 + index));
    const temporary = Object.values(replyErrors).filter((error) => "temporary" in error);
    expect(temporary.map((error) => error.code)).toEqual([100, 111, 113]);
  });
});

describe("disconnects", () => {
  it("fit a close frame and have one code each", () => {
    const codes = codesOf(disconnects);
    expect(new Set(codes).size).toBe(codes.length);
    for (const { reason } of Object.values(disconnects)) expect(reason.length).toBeLessThan(124);
  });

  it("bring the client back below 3500 and between 4000 and 4499", () => {
    const rows = [
      [1000, true],
      [1006, true],
      [1009, false],
      [3000, true],
      [3499, true],
      [3500, false],
      [3999, false],
      [4000, true],
      [4499, true],
      [4500, false],
      [4999, false],
      [5000, true],
    ] as const;
    for (const [code, reconnects] of rows)
      expect([code, reconnectsAfter(code)]).toEqual([code, reconnects]);
  });
});

describe("unsubscribes", () => {
  it("bring the subscription back from 2500 on", () => {
    expect(codesOf(unsubscribes)).toEqual([0, 1, 2000, 2500, 2501, 2502]);
    expect([2000, 2499, 2500, 2999].map(resubscribesAfter)).toEqual([false, false, true, true]);
  });
});
