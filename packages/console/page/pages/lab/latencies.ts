/** How long updates took, and which of them came: what one transport has done in one run. */
export class Latencies {
  readonly #values: number[] = [];
  readonly #seen = new Set<number>();
  /** Those since the last time somebody took them. */
  #fresh: number[] = [];
  #sorted: readonly number[] | undefined;

  /** An update has come. One that comes a second time is not counted again. */
  add(update: number, latencyMs: number): void {
    if (this.#seen.has(update)) return;
    this.#seen.add(update);
    this.#values.push(latencyMs);
    this.#fresh.push(latencyMs);
    this.#sorted = undefined;
  }

  get delivered(): number {
    return this.#seen.size;
  }

  /** The median of those that came since the last call; `undefined` when none did. */
  takeMedian(): number | undefined {
    const median = percentile(
      this.#fresh.sort((one, other) => one - other),
      50,
    );
    this.#fresh = [];
    return median;
  }

  /** @see percentile */
  percentile(percent: number): number | undefined {
    this.#sorted ??= this.#values.toSorted((one, other) => one - other);
    return percentile(this.#sorted, percent);
  }
}

/**
 * The smallest of the sorted values that at least so many percent of them do not pass (nearest rank): always one that was
 * measured. `undefined` when there is none.
 */
export function percentile(sorted: readonly number[], percent: number): number | undefined {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}
