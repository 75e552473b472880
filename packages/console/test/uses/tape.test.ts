import { describe, expect, it } from "vitest";

import {
  changedCount,
  changePercent,
  keptTicks,
  readTape,
  withPicture,
} from "../../page/pages/uses/quotes/tape.ts";
import type { Tape } from "../../page/pages/uses/quotes/tape.ts";

const answer = {
  tickMs: 500,
  tick: 10,
  quotes: [
    { symbol: "HEMP", price: 102, open: 100 },
    { symbol: "FLAX", price: 50, open: 100 },
  ],
  past: { HEMP: [100, 101, 102], FLAX: [51, 50, 50] },
};

function tapeOf(data: unknown): Tape {
  const tape = readTape(data);
  if (tape === undefined) throw new Error("This is no tape.");
  return tape;
}

describe("the tape", () => {
  it("begins with what the server answers", () => {
    const tape = tapeOf(answer);
    expect(tape.rows).toEqual([
      { symbol: "HEMP", price: 102, open: 100, turn: 0, past: [100, 101, 102] },
      { symbol: "FLAX", price: 50, open: 100, turn: 0, past: [51, 50, 50] },
    ]);
    expect(tape.rows.map(changePercent)).toEqual([2, -50]);
  });

  it("takes a picture up, and says where prices went", () => {
    const quotes = [{ symbol: "HEMP", price: 101, open: 100 }, answer.quotes[1]];
    const tape = withPicture(tapeOf(answer), { tick: 11, quotes });
    expect(tape.rows.map(({ turn }) => turn)).toEqual([-1, 0]);
    expect(tape.rows[0]?.past).toEqual([100, 101, 102, 101]);
    expect(changedCount(tape)).toBe(1);
  });

  it("lets prices stand for ticks that did not come", () => {
    const quotes = [{ symbol: "HEMP", price: 110 }];
    const tape = withPicture(tapeOf(answer), { tick: 13, quotes });
    expect(tape.rows[0]).toMatchObject({ past: [100, 101, 102, 102, 102, 110], open: 100 });
    expect(tape.rows[1]?.past).toEqual([51, 50, 50, 50, 50, 50]);
  });

  it("keeps so many prices and no more", () => {
    const tape = withPicture(tapeOf(answer), { tick: 10 + 5 * keptTicks, quotes: [] });
    expect(tape.rows[0]?.past).toHaveLength(keptTicks);
  });

  for (const data of [null, {}, { tick: 10, quotes: [] }, { tick: "11" }, "x"]) {
    it(`leaves ${JSON.stringify(data)}, which is no newer picture`, () => {
      const tape = tapeOf(answer);
      expect(withPicture(tape, data)).toBe(tape);
    });
  }

  it("is not made of what is none", () => {
    expect(readTape({ tick: 1 })).toBeUndefined();
    expect(readTape(undefined)).toBeUndefined();
    expect(tapeOf({ tick: 1, tickMs: 1, quotes: [{}, 7, { symbol: "A", price: 1 }] }).rows).toEqual(
      [{ symbol: "A", price: 1, open: 1, turn: 0, past: [1] }],
    );
  });

  it("has no change of a price that began at nothing", () => {
    expect(changePercent({ symbol: "A", price: 1, open: 0, turn: 0, past: [] })).toBe(0);
  });
});
