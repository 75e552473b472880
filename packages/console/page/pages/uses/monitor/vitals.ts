/** What servers tell of themselves, second by second, as rows and as lines of a chart. Pure steps. */
import type { Point } from "../../../charts/points.ts";
import { fieldsOf, numberOf, textOf } from "../fields.ts";

const figures = [
  "cpuPercent",
  "memoryBytes",
  "heapBytes",
  "delayMs",
  "worstDelayMs",
  "clients",
  "channels",
  "subscriptions",
] as const;

export type Figure = (typeof figures)[number];

export type Vitals = Readonly<Record<Figure, number>> & {
  /** Milliseconds since the epoch, by the server's clock. */
  readonly at: number;
  /** Which of several processes that are one server. */
  readonly node: string;
};

/** So much is shown. */
export const shownMs = 120_000;

/** Undefined when it is something else. */
export function readVitals(data: unknown): Vitals | undefined {
  const fields = fieldsOf(data);
  const at = numberOf(fields?.["at"]);
  const node = textOf(fields?.["node"]);
  if (at === undefined || node === undefined) return undefined;
  const values = figures.map((name) => [name, numberOf(fields?.[name]) ?? 0] as const);
  return { at, node, ...(Object.fromEntries(values) as Record<Figure, number>) };
}

/** Adds what was told; what comes twice counts once, what is too old goes. */
export function withVitals(rows: readonly Vitals[], one: Vitals): readonly Vitals[] {
  if (rows.some(({ at, node }) => at === one.at && node === one.node)) return rows;
  const all = [...rows, one].sort((first, second) => first.at - second.at);
  const newest = all.at(-1)?.at ?? 0;
  return all.filter(({ at }) => newest - at <= shownMs);
}

/** One figure of one server over time. */
export function pointsOf(rows: readonly Vitals[], figure: Figure): readonly Point[] {
  return rows.map((row) => [row.at, row[figure]]);
}

/** Of the server that the window's own line goes to, when it tells of itself; else of the one that told last. */
export function rowsOfNode(rows: readonly Vitals[], own: string | undefined): readonly Vitals[] {
  const node = rows.some((row) => row.node === own) ? own : rows.at(-1)?.node;
  return rows.filter((row) => row.node === node);
}
