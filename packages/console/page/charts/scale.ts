/**
 * From values to places on a chart and back: which range is shown, where its grid lines are, and where a value lies on it, from 0
 * to 1. It knows nothing of pixels.
 */
/** A linear scale begins at 0, a fitted one where the values do. */
export type ScaleKind = "linear" | "fitted" | "log";

export interface Scale {
  readonly kind: Exclude<ScaleKind, "fitted">;
  readonly low: number;
  readonly high: number;
  /** Where grid lines and their labels stand, ascending. */
  readonly ticks: readonly number[];
}

/** Steps that people count in. */
const steps = [1, 2, 2.5, 5, 10];

/** A scale from `low` to at least `high`, which ends on a grid line, with about `count` of them. */
export function linearScale(low: number, high: number, count = 4): Scale {
  const span = high > low ? high - low : 1;
  const rough = span / count;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * (steps.find((known) => known * magnitude >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil((low + span) / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    tidy((first + index) * step),
  );
  return { kind: "linear", low: ticks[0] ?? 0, high: ticks.at(-1) ?? 1, ticks };
}

/** A scale over whole powers of ten. What is not positive lies at its low end. */
export function logScale(low: number, high: number): Scale {
  const first = Math.floor(Math.log10(low > 0 ? low : 1) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high > 0 ? high : 1) - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => tidy(10 ** (first + index)));
  return { kind: "log", low: ticks[0] ?? 1, high: ticks.at(-1) ?? 10, ticks };
}

/** The scale on which all `values` have a place; a linear one begins at 0 unless something is below. */
export function scaleOf(kind: ScaleKind, values: Iterable<number>): Scale {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value) || (kind === "log" && value <= 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return kind === "log" ? logScale(1, 100) : linearScale(0, 1);
  if (kind === "log") return logScale(low, high);
  return linearScale(kind === "fitted" ? low : Math.min(0, low), high);
}

/** Where a value lies: 0 at the low end, 1 at the high one, and never beyond. */
export function placeOn({ kind, low, high }: Scale, value: number): number {
  const place =
    kind === "log"
      ? (Math.log10(Math.max(value, low)) - Math.log10(low)) / (Math.log10(high) - Math.log10(low))
      : (value - low) / (high - low);
  return Math.min(1, Math.max(0, place));
}

/** Without the dust that binary fractions leave. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
