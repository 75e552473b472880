import { describe, expect, it } from "vitest";

import { Histogram } from "../../../src/cli/bench/histogram.ts";
import { durationText } from "../../../src/cli/bench/duration-text.ts";

function histogram(values: readonly number[]): Histogram {
  const made = new Histogram();
  for (const value of values) made.add(value);
  return made;
}

describe("a histogram", () => {
  it("has nothing to say of nothing", () => {
    const empty = new Histogram();
    expect([empty.count, empty.mean, empty.least, empty.most, empty.quantile(0.5)]).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(empty.bars()).toEqual([]);
  });

  it("is right to less than 1.6 % at every size", () => {
    for (let us = 1; us < 2 ** 38; us = Math.ceil(us * 1.37)) {
      const found = histogram([0, us, us, us, 2 ** 39]).quantile(0.6);
      expect(Math.abs(found - us) / us, `${us} µs`).toBeLessThan(us < 64 ? 0.51 : 0.016);
    }
  });

  it("gives the shares of a known distribution", () => {
    const even = histogram(Array.from({ length: 10_000 }, (_, i) => i + 1));
    for (const share of [0.1, 0.5, 0.9, 0.99, 0.999]) {
      expect(even.quantile(share) / (share * 10_000)).toBeCloseTo(1, 1);
    }
    expect(even.quantile(0)).toBeLessThan(2);
    expect(even.quantile(1)).toBeLessThanOrEqual(10_000);
    expect([even.least, even.mean, even.most]).toEqual([1, 5000.5, 10_000]);
  });

  it("takes what is longer than it can tell", () => {
    const long = histogram([2 ** 50]);
    expect([long.count, long.most, long.quantile(0.5)]).toEqual([1, 2 ** 50, 2 ** 50]);
  });

  it("counts by powers of two, gaps included", () => {
    expect(histogram([0.2, 1, 5, 70, 100]).bars()).toEqual([
      { from: 0, to: 2, count: 2 },
      { from: 2, to: 4, count: 0 },
      { from: 4, to: 8, count: 1 },
      { from: 8, to: 16, count: 0 },
      { from: 16, to: 32, count: 0 },
      { from: 32, to: 64, count: 0 },
      { from: 64, to: 128, count: 2 },
    ]);
  });
});

describe("a time", () => {
  for (const [us, text] of [
    [850.4, "850 µs"],
    [1250, "1.25 ms"],
    [31_400, "31.4 ms"],
    [314_000, "314 ms"],
    [3_100_000, "3.10 s"],
  ] as const) {
    it(`is written for people: ${text}`, () => expect(durationText(us)).toBe(text));
  }
});
