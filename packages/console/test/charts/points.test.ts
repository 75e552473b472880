import { describe, expect, it } from "vitest";

import { extentOf, nearestPoint, withPoint } from "../../page/charts/points.ts";
import type { Point } from "../../page/charts/points.ts";

describe("a window of points", () => {
  it("keeps those that lie within its span, the oldest first", () => {
    let points: readonly Point[] = [];
    for (const x of [0, 1, 2, 3, 4]) points = withPoint(points, [x, x * 10], 2);
    expect(points.map(([x]) => x)).toEqual([2, 3, 4]);
  });

  it("begins anew after a pause that is longer than it", () => {
    expect(withPoint([[0, 1]], [100, 2], 10)).toEqual([[100, 2]]);
  });

  it("changes no list", () => {
    const before: readonly Point[] = Object.freeze([[0, 1] as const]);
    expect(withPoint(before, [1, 2], 10)).toHaveLength(2);
    expect(before).toHaveLength(1);
  });
});

describe("points of lines", () => {
  it("are found by what they are nearest to", () => {
    const points: Point[] = [
      [0, 1],
      [10, 2],
      [20, 3],
    ];
    expect(nearestPoint(points, 12)).toEqual([10, 2]);
    expect(nearestPoint(points, -5)).toEqual([0, 1]);
    expect(nearestPoint([], 0)).toBeUndefined();
  });

  it("have an extent over all lines", () => {
    expect(
      extentOf([
        [
          [3, 0],
          [9, 0],
        ],
        [],
        [[1, 0]],
      ]),
    ).toEqual([1, 9]);
    expect(extentOf([[], []])).toBeUndefined();
  });
});
