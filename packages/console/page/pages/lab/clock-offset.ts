/**
 * How far the server's clock is ahead of the page's, from round trips: the page asks for the time and takes it that the answer was
 * given half-way between asking and hearing (as NTP does, RFC 5905 §8). The shortest round trip says it best, and is wrong by
 * half of itself at most.
 */
export interface RoundTrip {
  /** By the page's clock, in milliseconds since 1970. */
  readonly askedAt: number;
  readonly heardAt: number;
  /** By the server's clock. */
  readonly serverTime: number;
}

export interface ClockOffset {
  /** What has to be added to the page's time to have the server's. */
  readonly offsetMs: number;
  /** It may be wrong by so much. */
  readonly errorMs: number;
}

/** `undefined` without a round trip. */
export function clockOffset(trips: readonly RoundTrip[]): ClockOffset | undefined {
  const lasts = (trip: RoundTrip): number => trip.heardAt - trip.askedAt;
  const best = trips.toSorted((one, other) => lasts(one) - lasts(other))[0];
  if (best === undefined) return undefined;
  const middle = (best.askedAt + best.heardAt) / 2;
  return { offsetMs: best.serverTime - middle, errorMs: lasts(best) / 2 };
}

/** The page's time, in milliseconds since 1970 with what fractions the browser gives. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
