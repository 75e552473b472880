/** The points of one line on a chart, in the order of their x. Lists are replaced, never changed. */
export type Point = readonly [x: number, y: number];

/** The list with one point more, and without those that lie more than `span` behind it. */
export function withPoint(points: readonly Point[], point: Point, span: number): readonly Point[] {
  const from = point[0] - span;
  const first = points.findIndex(([x]) => x >= from);
  return first < 0 ? [point] : [...points.slice(first), point];
}

/** The point whose x is nearest. */
export function nearestPoint(points: readonly Point[], x: number): Point | undefined {
  let best: Point | undefined;
  for (const point of points) {
    if (best === undefined || Math.abs(point[0] - x) < Math.abs(best[0] - x)) best = point;
  }
  return best;
}

/** The range of x over all lines; `undefined` when there is no point. */
export function extentOf(
  lines: readonly (readonly Point[])[],
): readonly [number, number] | undefined {
  const ends = lines
    .flatMap((points) => [points[0], points.at(-1)])
    .filter((point) => point !== undefined);
  if (ends.length === 0) return undefined;
  return [Math.min(...ends.map(([x]) => x)), Math.max(...ends.map(([x]) => x))];
}
