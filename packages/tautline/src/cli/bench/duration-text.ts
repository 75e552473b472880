/** Microseconds as people read them: `850 µs`, `1.25 ms`, `3.1 s`. */
export function durationText(us: number): string {
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 1e6) return `${significant(us / 1000)} ms`;
  return `${significant(us / 1e6)} s`;
}

const significant = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
