import { describe, expect, it } from "vitest";

import { plotOf } from "../../page/charts/plot.ts";
import type { PlotSetup } from "../../page/charts/plot.ts";

const format = String;

function plot(setup: Partial<PlotSetup>) {
  return plotOf({ lines: [], format, width: 400, height: 200, ...setup });
}

describe("a plot", () => {
  it("spreads its lines over its room, the newest at the right and the largest on top", () => {
    const lines = [
      [
        [0, 0],
        [10, 100],
      ] as const,
    ];
    const { xOf, yOf, left, right, top, bottom, pathOf } = plot({ lines });
    expect([xOf(0), xOf(10), yOf(0), yOf(100)]).toEqual([left, right, bottom, top]);
    expect(pathOf(lines[0] ?? [])).toBe(
      `M${left.toFixed(1)} ${bottom.toFixed(1)}L${right.toFixed(1)} ${top.toFixed(1)}`,
    );
  });

  it("finds back what it has drawn", () => {
    const { xOf, xAt } = plot({ extent: [1000, 3000] });
    expect(xAt(xOf(1700))).toBeCloseTo(1700);
  });

  it("leaves room for its labels", () => {
    const short = plot({ extent: [0, 1] });
    const long = plot({ extent: [0, 1], format: (value) => `${value} kilobytes` });
    expect(long.left).toBeGreaterThan(short.left);
    const milliseconds = plot({ extent: [0, 1], format: (value) => `${value} ms` });
    const inChinese = plot({ extent: [0, 1], format: (value) => `${value} 毫秒` });
    expect(inChinese.left).toBeGreaterThan(milliseconds.left);
    expect(plot({ formatX: String }).bottom).toBeLessThan(short.bottom);
  });

  it("draws nothing outside, and something when there is one point or none", () => {
    const { xOf, left, right } = plot({ extent: [5, 5] });
    expect([xOf(-100), xOf(100)]).toEqual([left, right]);
    expect(plot({ lines: [[[3, 7]]] }).pathOf([[3, 7]])).toMatch(/^M[\d.]+ [\d.]+$/u);
    expect(plot({}).pathOf([])).toBe("");
  });
});
