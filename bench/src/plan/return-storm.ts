/**
 * A machine dies, and its clients come back at once: each after a random time within an interval that doubles with every
 * attempt, as our client does it. One of the processes that are left is played in steps; what it cannot take within a
 * client's patience fails, and the client tries again. The same seed gives the same storm.
 */

export interface StormTerms {
  /** Clients that come to one process. */
  readonly clients: number;
  /** How many it can take in a second, with what its other work leaves of its core. */
  readonly perSecond: number;
  readonly seed: number;
}

export interface Storm {
  /** Seconds until all but one in a hundred are back, and until all are; undefined when that takes too long. */
  readonly mostSeconds: number | undefined;
  readonly allSeconds: number | undefined;
  /** Attempts, those that were too late included. */
  readonly attempts: number;
}

/** The client's defaults: `reconnectDelayMs`, `maxReconnectDelayMs`, and `connectTimeoutMs`. */
const firstIntervalMs = 500;
const longestIntervalMs = 20_000;
const patienceMs = 10_000;

const stepMs = 50;
const longestMs = 600_000;

interface Attempt {
  readonly since: number;
  readonly number: number;
}

/** mulberry32 */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function playStorm({ clients, perSecond, seed }: StormTerms): Storm {
  const random = randomNumbers(seed);
  /** Attempts by the step in which they begin. */
  const due = new Map<number, Attempt[]>();
  const schedule = (now: number, number: number): void => {
    const interval = Math.min(longestIntervalMs, firstIntervalMs * 2 ** number);
    const since = now + random() * interval;
    const step = Math.floor(since / stepMs);
    const others = due.get(step);
    if (others === undefined) due.set(step, [{ since, number: number + 1 }]);
    else others.push({ since, number: number + 1 });
  };
  for (let client = 0; client < clients; client += 1) schedule(0, 0);
  /** In the order in which they began; those before `first` have been dealt with. */
  const waiting: Attempt[] = [];
  let [first, back, attempts, credit] = [0, 0, 0, 0];
  let mostSeconds: number | undefined;
  for (let step = 0; step * stepMs <= longestMs; step += 1) {
    const now = (step + 1) * stepMs;
    const coming = due.get(step) ?? [];
    due.delete(step);
    attempts += coming.length;
    for (const attempt of coming.toSorted((one, other) => one.since - other.since)) {
      waiting.push(attempt);
    }
    for (let next = waiting[first]; next !== undefined; next = waiting[first]) {
      if (now - next.since <= patienceMs) break;
      first += 1;
      schedule(now, next.number);
    }
    credit = Math.min(credit + (perSecond * stepMs) / 1000, Math.max(1, perSecond));
    const taken = Math.min(waiting.length - first, Math.floor(credit));
    first += taken;
    credit -= taken;
    back += taken;
    if (mostSeconds === undefined && back >= clients * 0.99) mostSeconds = now / 1000;
    if (back === clients) return { mostSeconds, allSeconds: now / 1000, attempts };
  }
  return { mostSeconds, allSeconds: undefined, attempts };
}
