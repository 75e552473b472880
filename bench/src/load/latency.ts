/** A histogram of microseconds: 64 steps to each power of two of nanoseconds, as in the generator in C. */

const stepsLog = 6;
const steps = 1 << stepsLog;

export class Latency {
  readonly #buckets = new Float64Array(steps * (64 - stepsLog + 1));
  #count = 0;
  #sum = 0;
  #most = 0;

  add(us: number): void {
    const ns = us * 1000;
    this.#count += 1;
    this.#sum += us;
    if (us > this.#most) this.#most = us;
    const shift = ns < steps ? 0 : Math.floor(Math.log2(ns)) - stepsLog;
    const bucket =
      ns < steps ? Math.floor(ns) : (shift + 1) * steps + (Math.floor(ns / 2 ** shift) % steps);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
  }

  quantile(share: number): number {
    let seen = 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      seen += count;
      if (seen > share * this.#count) {
        const shift = Math.floor(bucket / steps) - 1;
        const ns = bucket < steps ? bucket : (steps + (bucket % steps) + 0.5) * 2 ** shift;
        return ns / 1000;
      }
    }
    return this.#most;
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  get most(): number {
    return this.#most;
  }
}
