/** Where the lines, the grid and the pointer of a chart are, in pixels: a chart's range joined with the room that it has. */
import { extentOf } from "./points.ts";
import type { Point } from "./points.ts";
import { placeOn, scaleOf } from "./scale.ts";
import type { Scale, ScaleKind } from "./scale.ts";

const margin = { top: 8, right: 8, bottom: 6 };
const labelledBottom = 22;
/** Pixels of a letter of the labels, more or less, and of a Han character. */
const letterWidth = 6.6;
const hanWidth = 11.5;

export interface PlotSetup {
  readonly lines: readonly (readonly Point[])[];
  readonly format: (value: number) => string;
  readonly formatX?: ((x: number) => string) | undefined;
  readonly scale?: ScaleKind | undefined;
  readonly extent?: readonly [number, number] | undefined;
  readonly width: number;
  readonly height: number;
}

export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly extent: readonly [number, number];
  readonly y: Scale;
  readonly xOf: (x: number) => number;
  readonly yOf: (y: number) => number;
  readonly xAt: (pixel: number) => number;
  readonly pathOf: (points: readonly Point[]) => string;
}

export function plotOf(setup: PlotSetup): Plot {
  const { lines, scale = "linear", format, width, height } = setup;
  const [first, last] = setup.extent ?? extentOf(lines) ?? [0, 1];
  const span = last > first ? last - first : 1;
  const y = scaleOf(scale, valuesIn(lines));
  const left = Math.max(...y.ticks.map((tick) => widthOf(format(tick)))) + 12;
  const right = Math.max(left + 1, width - margin.right);
  const bottom = height - (setup.formatX === undefined ? margin.bottom : labelledBottom);
  const { top } = margin;
  const xOf = (x: number): number =>
    left + Math.min(1, Math.max(0, (x - first) / span)) * (right - left);
  const yOf = (value: number): number => bottom - placeOn(y, value) * (bottom - top);
  return {
    left,
    right,
    top,
    bottom,
    extent: [first, last],
    y,
    xOf,
    yOf,
    xAt: (pixel) => first + ((pixel - left) / (right - left)) * span,
    pathOf: (points) =>
      points
        .map(
          ([x, value], index) =>
            `${index === 0 ? "M" : "L"}${xOf(x).toFixed(1)} ${yOf(value).toFixed(1)}`,
        )
        .join(""),
  };
}

function widthOf(label: string): number {
  const han = label.match(/\p{Script=Han}/gu)?.length ?? 0;
  return (label.length - han) * letterWidth + han * hanWidth;
}

function* valuesIn(lines: PlotSetup["lines"]): Generator<number> {
  for (const points of lines) for (const [, value] of points) yield value;
}
