/**
 * A small line chart. Its legend says the values of the newest points, or of those under the pointer, so that nothing of it is told by
 * colour alone; a screen reader hears them as the picture's name.
 */
import { useEffect, useRef, useState } from "preact/hooks";

import "./line-chart.css";
import { plotOf } from "./plot.ts";
import type { Plot } from "./plot.ts";
import { nearestPoint } from "./points.ts";
import type { Point } from "./points.ts";
import type { ScaleKind } from "./scale.ts";

/** Colours that differ from each other and from the ground, in light and dark; `good` and `bad` mean what they say. */
export type Tone = "a" | "b" | "c" | "d" | "e" | "f" | "good" | "bad";

export interface Series {
  readonly name: string;
  readonly tone: Tone;
  readonly points: readonly Point[];
  readonly dashed?: boolean | undefined;
}

export interface LineChartProps {
  /** What is drawn, as a heading. */
  readonly label: string;
  readonly series: readonly Series[];
  /** A value as people read it, with its unit. */
  readonly format: (value: number) => string;
  /** A value of x, below the chart. Default: none is written there. */
  readonly formatX?: ((x: number) => string) | undefined;
  /** Default: `linear`, from 0. */
  readonly scale?: ScaleKind | undefined;
  /** The range of x. Default: from the first point to the last. */
  readonly extent?: readonly [number, number] | undefined;
  /** In pixels. Default: 180. */
  readonly height?: number | undefined;
}

export function LineChart(props: LineChartProps) {
  const { label, series, format, height = 180 } = props;
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [pointed, point] = useState<number | undefined>(undefined);
  const lines = series.map(({ points }) => points);
  const plot = plotOf({ ...props, lines, width, height });
  const values = series.map(({ name, tone, dashed, points }) => {
    const found = pointed === undefined ? points.at(-1) : nearestPoint(points, pointed);
    return { name, tone, dashed, found, text: found === undefined ? "–" : format(found[1]) };
  });
  const summary = values.map(({ name, text }) => `${name} ${text}`).join(", ");
  const follow = (event: PointerEvent): void => {
    const left = frame.current?.getBoundingClientRect().left ?? 0;
    point(plot.xAt(event.clientX - left));
  };
  return (
    <figure class="line-chart">
      <figcaption>{label}</figcaption>
      <div ref={frame} class="line-chart-frame">
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${label}: ${summary}`}
          onPointerMove={follow}
          onPointerLeave={() => point(undefined)}
        >
          <Grid plot={plot} format={format} formatX={props.formatX} />
          {series.map(({ name, tone, dashed, points }) => (
            <path
              key={name}
              class={`line-chart-line tone-${tone}`}
              data-dashed={dashed}
              d={plot.pathOf(points)}
            />
          ))}
          {pointed !== undefined && (
            <line
              class="line-chart-cursor"
              x1={plot.xOf(pointed)}
              x2={plot.xOf(pointed)}
              y1={plot.top}
              y2={plot.bottom}
            />
          )}
          {values.map(({ name, tone, found }) =>
            found === undefined ? null : (
              <circle
                key={name}
                class={`line-chart-dot tone-${tone}`}
                cx={plot.xOf(found[0])}
                cy={plot.yOf(found[1])}
                r="3"
              />
            ),
          )}
        </svg>
      </div>
      <ul class="line-chart-legend">
        {values.map(({ name, tone, dashed, text }) => (
          <li key={name}>
            <span class={`line-chart-key tone-${tone}`} data-dashed={dashed} aria-hidden="true" />
            <span>{name}</span> <b>{text}</b>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function Grid(props: {
  plot: Plot;
  format: (value: number) => string;
  formatX: ((x: number) => string) | undefined;
}) {
  const { plot, format, formatX } = props;
  const [first, last] = plot.extent;
  return (
    <g class="line-chart-grid">
      {plot.y.ticks.map((tick) => (
        <g key={tick}>
          <line x1={plot.left} x2={plot.right} y1={plot.yOf(tick)} y2={plot.yOf(tick)} />
          <text x={plot.left - 8} y={plot.yOf(tick)} dy="0.35em" text-anchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
      {formatX !== undefined && (
        <>
          <text x={plot.left} y={plot.bottom + 16}>
            {formatX(first)}
          </text>
          <text x={plot.right} y={plot.bottom + 16} text-anchor="end">
            {formatX(last)}
          </text>
        </>
      )}
    </g>
  );
}

/** The width that there is for the chart; it is drawn in pixels, so that letters stay letters. */
function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(480);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.max(120, Math.floor(entry.contentRect.width)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return width;
}
