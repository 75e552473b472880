/**
 * The end of waiting: a time and an abort signal, whichever comes first. Every call of the client waits with one of
 * these, so that no promise stays open for ever.
 */

import type { Cancel, Environment } from "./environment.ts";
import { CallFailed, UsageError } from "./errors.ts";

/** What every call accepts. */
export interface CallOptions {
  /** Milliseconds until the call rejects with `timeout`, waiting offline included; `callTimeoutMs` of the client by default, `Infinity` for never. */
  readonly timeoutMs?: number | undefined;
  /** Aborting it rejects the call with the signal's reason. What was sent already is not taken back. */
  readonly signal?: AbortSignal | undefined;
}

/** Call options whose time is known. */
export interface Patience {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Fills in the default.
 *
 * @throws UsageError `bad-option` when the time is not above 0; the signal's reason when it is aborted already.
 */
export function patience(options: CallOptions | undefined, defaultMs: number): Patience {
  const timeoutMs = options?.timeoutMs ?? defaultMs;
  if (!(timeoutMs > 0)) throw new UsageError("bad-option", "timeoutMs");
  options?.signal?.throwIfAborted();
  return { timeoutMs, signal: options?.signal };
}

/** Calls `expire` once, with the error to reject with, unless the returned `Cancel` was called before. */
export function startDeadline(
  environment: Environment,
  { timeoutMs, signal }: Patience,
  expire: (error: unknown) => void,
): Cancel {
  const end = (error: unknown): void => {
    cancel();
    expire(error);
  };
  const abort = (): void => end(signal?.reason);
  const timer =
    timeoutMs === Number.POSITIVE_INFINITY
      ? undefined
      : environment.schedule(() => end(new CallFailed("timeout")), timeoutMs);
  signal?.addEventListener("abort", abort);
  const cancel = (): void => {
    timer?.();
    signal?.removeEventListener("abort", abort);
  };
  return cancel;
}

/**
 * A promise with a deadline. `begin` starts the waiting and returns what ends it early; it may settle at once.
 */
export async function waitFor<T>(
  environment: Environment,
  waiting: Patience,
  begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => Cancel | undefined,
): Promise<T> {
  let cancelDeadline: Cancel | undefined;
  let cancelWaiting: Cancel | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      cancelDeadline = startDeadline(environment, waiting, reject);
      cancelWaiting = begin(resolve, reject);
    });
  } finally {
    cancelDeadline?.();
    cancelWaiting?.();
  }
}
