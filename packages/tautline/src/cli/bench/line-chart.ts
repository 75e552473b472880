/** A chart of lines in SVG. */
import { escapeHtml } from "../html-page.ts";

export interface LineChart {
  readonly x: readonly number[];
  readonly xText: (value: number) => string;
  readonly yText: (value: number) => string;
  /** As many values as `x` has; at most two lines. */
  readonly lines: readonly { readonly name: string; readonly y: readonly number[] }[];
}

const box = { left: 90, top: 10, width: 600, height: 200 } as const;
const marks = 4;

export function lineChart({ x, xText, yText, lines }: LineChart): string {
  const most = Math.max(1, ...lines.flatMap(({ y }) => y));
  const [from, to] = [x[0] ?? 0, x.at(-1) ?? 1];
  const span = to > from ? to - from : 1;
  const at = (value: number, y: number): string =>
    `${(box.left + ((value - from) / span) * box.width).toFixed(1)},${(box.top + box.height * (1 - y / most)).toFixed(1)}`;
  const grid = Array.from({ length: marks + 1 }, (_, i) => {
    const y = box.top + (box.height * i) / marks;
    const label = escapeHtml(yText(most * (1 - i / marks)));
    return `<line class="grid" x1="${box.left}" x2="${box.left + box.width}" y1="${y}" y2="${y}"></line><text x="${box.left - 8}" y="${y + 4}" text-anchor="end">${label}</text>`;
  });
  const step = Math.max(1, Math.ceil(x.length / 12));
  const labels = x.flatMap((value, i) => {
    if (i % step !== 0) return [];
    const [left = "0"] = at(value, 0).split(",");
    return `<text x="${left}" y="${box.top + box.height + 20}" text-anchor="middle">${escapeHtml(xText(value))}</text>`;
  });
  const paths = lines.map(({ y }, i) => {
    const points = x.map((value, n) => at(value, y[n] ?? 0)).join(" ");
    return `<polyline class="line${i}" fill="none" stroke-width="2" points="${points}"></polyline>`;
  });
  const keys = lines.map(({ name }, i) => `<span class="key${i}">━ ${escapeHtml(name)}</span>`);
  const names = escapeHtml(lines.map(({ name }) => name).join(", "));
  return `<svg class="chart" viewBox="0 0 720 240" width="720" role="img" aria-label="${names}">${[...grid, ...labels, ...paths].join("")}</svg><p>${keys.join(" ")}</p>`;
}
