/** How much a broker that keeps everything in memory keeps at most, whether it writes it down as well or not. */

export interface MemoryBrokerLimits {
  /**
   * Channels whose log, or at least its epoch and offset, is kept. With more, the one used least recently is forgotten:
   * its clients are told that they may have missed something. Default: 100,000.
   */
  readonly maxLogs: number;
  /** Bytes that all logs' publications together are taken to hold; the same happens. Default: 256 MiB. */
  readonly maxLogBytes: number;
  /** Idempotency keys that are remembered; with more, the oldest is forgotten before its time. Default: 100,000. */
  readonly maxIdempotencyKeys: number;
}

/** What holds when nothing is said. */
export const memoryBrokerDefaults: MemoryBrokerLimits = Object.freeze({
  maxLogs: 100_000,
  maxLogBytes: 268_435_456,
  maxIdempotencyKeys: 100_000,
});

/**
 * The limits with their defaults.
 *
 * @throws RangeError when one is below 1.
 */
export function resolveLimits(limits: Partial<MemoryBrokerLimits> = {}): MemoryBrokerLimits {
  const resolved = { ...memoryBrokerDefaults, ...limits };
  for (const [name, limit] of Object.entries(resolved)) {
    // Written so that NaN fails too.
    if (!(limit >= 1)) throw new RangeError(`${name} must be at least 1`);
  }
  return resolved;
}
