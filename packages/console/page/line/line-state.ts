/** How the line to the hub is, in the words the page shows. */
export type LineState =
  /** Nobody has asked for it yet. */
  | { readonly kind: "idle" }
  | { readonly kind: "connecting" }
  | { readonly kind: "connected" }
  /** The line broke; the next try is at `retryAt` (milliseconds since the epoch), or under way when undefined. */
  | { readonly kind: "reconnecting"; readonly retryAt: number | undefined }
  /** The server said no, and asked not to try again. */
  | { readonly kind: "refused"; readonly reason: string };

/** The last time the line broke after it had stood: until when, or still. Absent until it breaks for the first time. */
export interface Outage {
  /** Milliseconds since the epoch. */
  readonly from: number;
  /** Milliseconds since the epoch; undefined while the line is down. */
  readonly until: number | undefined;
}

/** Whole seconds of an outage that is over, at least one. */
export function outageSeconds(from: number, until: number): number {
  return Math.max(1, Math.round((until - from) / 1000));
}

/** Whole seconds until `at`, at least one, so that a countdown never shows zero. */
export function secondsUntil(at: number, now: number): number {
  return Math.max(1, Math.ceil((at - now) / 1000));
}
