import { describe, expect, it } from "vitest";

import { linearScale, logScale, placeOn, scaleOf } from "../../page/charts/scale.ts";

describe("grid lines", () => {
  const rows = [
    { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1] },
    { low: 0, high: 7, ticks: [0, 2, 4, 6, 8] },
    { low: 0, high: 97, ticks: [0, 25, 50, 75, 100] },
    { low: 0, high: 0.3, ticks: [0, 0.1, 0.2, 0.3] },
    { low: 98, high: 104, ticks: [98, 100, 102, 104] },
    { low: -3, high: 3, ticks: [-4, -2, 0, 2, 4] },
    { low: 5, high: 5, ticks: [5, 5.25, 5.5, 5.75, 6] },
  ];
  for (const { low, high, ticks } of rows) {
    it(`from ${low} to ${high} are round numbers`, () => {
      expect(linearScale(low, high).ticks).toEqual(ticks);
    });
  }

  it("of a logarithmic scale are powers of ten, two at least", () => {
    expect(logScale(0.4, 730).ticks).toEqual([0.1, 1, 10, 100, 1000]);
    expect(logScale(10, 10).ticks).toEqual([10, 100]);
    expect(logScale(0.001, 0.001).ticks).toEqual([0.001, 0.01]);
  });
});

describe("the scale of values", () => {
  it("begins at 0 unless something is below", () => {
    expect(scaleOf("linear", [40, 60])).toMatchObject({ low: 0, high: 60 });
    expect(scaleOf("linear", [-5, 60]).low).toBeLessThanOrEqual(-5);
  });

  it("is there when there are no values, or none that can be drawn", () => {
    expect(scaleOf("linear", []).ticks.length).toBeGreaterThan(1);
    expect(scaleOf("log", [0, -1, Number.NaN]).ticks).toEqual([1, 10, 100]);
    expect(scaleOf("linear", [Number.POSITIVE_INFINITY, 3])).toMatchObject({ low: 0, high: 3 });
  });
});

describe("the place of a value", () => {
  it("goes from 0 to 1 and not beyond", () => {
    const linear = linearScale(0, 100);
    expect([-5, 0, 25, 100, 400].map((value) => placeOn(linear, value))).toEqual([
      0, 0, 0.25, 1, 1,
    ]);
    const log = logScale(1, 100);
    expect([0, 1, 10, 100, 1e9].map((value) => placeOn(log, value))).toEqual([0, 0, 0.5, 1, 1]);
  });
});
