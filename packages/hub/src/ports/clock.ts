/** Time, as the hub needs it. A test drives it by hand. */

/** Calls a scheduled call off; harmless when it has happened. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now, and never before `schedule` has returned. */
  schedule(callback: () => void, delayMs: number): Cancel;
}
