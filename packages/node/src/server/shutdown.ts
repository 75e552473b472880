/**
 * Ends many connections in order: a Close frame to each, spread over time, and an end by force for those that are
 * left.
 */
import type { Connection } from "../connection/connection.ts";
import { monotonicClock } from "../connection/deadline-queue.ts";
import type { ShutdownSettings } from "../options.ts";

/** Resolves when all of `connections` are over, soon after `drainTimeoutMs` at the latest. */
export async function closeConnections(
  connections: ReadonlySet<Connection>,
  settings: ShutdownSettings,
): Promise<void> {
  const { drainTimeoutMs, spreadMs, code, reason } = settings;
  const all = [...connections];
  const startedAt = monotonicClock.now();
  let next = 0;
  let spreading: NodeJS.Timeout | undefined;
  const closeDue = (): void => {
    for (;;) {
      const connection = all[next];
      if (connection === undefined) return;
      const dueInMs = startedAt + (next * spreadMs) / all.length - monotonicClock.now();
      if (dueInMs > 0) {
        spreading = setTimeout(closeDue, dueInMs);
        return;
      }
      connection.close(code, reason);
      next += 1;
    }
  };
  closeDue();
  const cutOff = setTimeout(() => {
    clearTimeout(spreading);
    for (const connection of all) connection.terminate();
  }, drainTimeoutMs);
  await Promise.all(all.map((connection) => connection.closed));
  clearTimeout(spreading);
  clearTimeout(cutOff);
}
