/** What `serve` is told about the end of a server. */

export interface DrainOptions {
  /**
   * How long `close` goes on as before after `/readyz` has begun to say 503, in milliseconds, so that load balancers notice and
   * send nobody any more. Default: 0.
   */
  readonly drainGraceMs?: number | undefined;
  /**
   * The time over which `close` tells the hub's clients to come back elsewhere, in milliseconds, one after the other, so that the
   * other servers do not get them all at once. Default: 0, all at once.
   */
  readonly drainSpreadMs?: number | undefined;
  /** How long `close` then waits for those who do not answer before it cuts them off, in milliseconds. Default: 5,000. */
  readonly drainTimeoutMs?: number | undefined;
}

/** The same with the defaults. */
export interface DrainSettings {
  readonly drainGraceMs: number;
  readonly drainSpreadMs: number;
  readonly drainTimeoutMs: number;
}

/** What holds when nothing is said. */
export const drainDefaults: DrainSettings = Object.freeze({
  drainGraceMs: 0,
  drainSpreadMs: 0,
  drainTimeoutMs: 5_000,
});

/** @throws RangeError for a time that is none */
export function resolveDrain({
  drainGraceMs = drainDefaults.drainGraceMs,
  drainSpreadMs = drainDefaults.drainSpreadMs,
  drainTimeoutMs = drainDefaults.drainTimeoutMs,
}: DrainOptions): DrainSettings {
  const settings = { drainGraceMs, drainSpreadMs, drainTimeoutMs };
  for (const [name, ms] of Object.entries(settings)) {
    if (!Number.isSafeInteger(ms) || ms < 0) {
      throw new RangeError(`${name} must be an integer from 0, not ${ms}`);
    }
  }
  return settings;
}
