/**
 * The environment of browsers, workers and Node.js. It is the only file that touches globals: timers, the clock, the
 * page's network and visibility events. Where an event does not exist (Node.js knows none of them), its sign never
 * comes.
 */

import type { Cancel, Environment, NetworkSign } from "./environment.ts";

/** The globals that may be missing, as far as this file uses them. */
interface MaybeGlobals {
  readonly addEventListener?: typeof addEventListener;
  readonly removeEventListener?: typeof removeEventListener;
  readonly document?: Document;
  readonly navigator?: { readonly onLine?: boolean };
  readonly reportError?: (error: unknown) => void;
}

const globals: MaybeGlobals = globalThis;

/** The environment that clients have unless they are given another one. */
export const defaultEnvironment: Environment = Object.freeze({
  now: () => Date.now(),
  random: () => Math.random(),

  schedule(callback: () => void, delayMs: number): Cancel {
    // Timers take 31 bits; more would fire at once.
    const timer = setTimeout(callback, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },

  // Only an explicit "no" counts: Node.js has a navigator that does not know.
  online: () => globals.navigator?.onLine !== false,

  onSign(listener: (sign: NetworkSign) => void): Cancel {
    const online = (): void => listener("online");
    const offline = (): void => listener("offline");
    const visibility = (): void => {
      if (globals.document?.visibilityState === "visible") listener("visible");
    };
    globals.addEventListener?.("online", online);
    globals.addEventListener?.("offline", offline);
    globals.document?.addEventListener("visibilitychange", visibility);
    return () => {
      globals.removeEventListener?.("online", online);
      globals.removeEventListener?.("offline", offline);
      globals.document?.removeEventListener("visibilitychange", visibility);
    };
  },

  reportError(error: unknown): void {
    if (globals.reportError !== undefined) globals.reportError(error);
    else {
      // Node.js has no reportError: thrown from a task of its own, the error is an uncaught exception with its stack.
      setTimeout(() => {
        throw error;
      }, 0);
    }
  },
});
