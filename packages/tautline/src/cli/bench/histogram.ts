/**
 * Counts times in steps that grow with them, as HdrHistogram does: 64 steps to each power of two, so every value is right
 * to less than 1.6 %, in memory that does not grow. Units are microseconds.
 */

const stepsLog = 6;
const steps = 1 << stepsLog;
/** Longest time that is told from longer ones: 2⁴⁰ µs, twelve days. */
const mostLog = 40;

export interface Bar {
  /** From this on, in microseconds, and below `to`. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export class Histogram {
  readonly #buckets = new Float64Array(steps * (mostLog - stepsLog + 1));
  #count = 0;
  #sum = 0;
  #least = Infinity;
  #most = 0;

  get count(): number {
    return this.#count;
  }

  /** 0 when nothing was counted. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  get least(): number {
    return this.#count === 0 ? 0 : this.#least;
  }

  get most(): number {
    return this.#most;
  }

  /** @param us not negative */
  add(us: number): void {
    const value = Math.max(0, us);
    this.#count += 1;
    this.#sum += value;
    this.#least = Math.min(this.#least, value);
    this.#most = Math.max(this.#most, value);
    const bucket = Math.min(bucketOf(value), this.#buckets.length - 1);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
  }

  /**
   * The time that this share of all did not exceed.
   *
   * @param share from 0 to 1
   */
  quantile(share: number): number {
    let seen = 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      seen += count;
      if (count > 0 && seen >= share * this.#count) {
        const middle = (edgeOf(bucket) + edgeOf(bucket + 1)) / 2;
        return Math.min(this.#most, Math.max(this.#least, middle));
      }
    }
    return this.#most;
  }

  /** The counts by powers of two of microseconds, without empty ones at the ends. */
  bars(): readonly Bar[] {
    const bars = new Map<number, number>();
    for (const [bucket, count] of this.#buckets.entries()) {
      if (count === 0) continue;
      const log = Math.floor(Math.log2(Math.max(1, edgeOf(bucket))));
      bars.set(log, (bars.get(log) ?? 0) + count);
    }
    const logs = [...bars.keys()];
    if (logs.length === 0) return [];
    const [first, last] = [Math.min(...logs), Math.max(...logs)];
    return Array.from({ length: last - first + 1 }, (_, i) => {
      const log = first + i;
      return { from: log === 0 ? 0 : 2 ** log, to: 2 ** (log + 1), count: bars.get(log) ?? 0 };
    });
  }
}

function bucketOf(us: number): number {
  if (us < steps) return Math.floor(us);
  const shift = Math.floor(Math.log2(us)) - stepsLog;
  return (shift + 1) * steps + (Math.floor(us / 2 ** shift) % steps);
}

/** The least value of a bucket. */
function edgeOf(bucket: number): number {
  if (bucket < steps) return bucket;
  const shift = Math.floor(bucket / steps) - 1;
  return (steps + (bucket % steps)) * 2 ** shift;
}
