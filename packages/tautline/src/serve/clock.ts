/** The hub's clock on Node.js: the wall clock, and timers. */
import type { Clock } from "@tautline/hub";

export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  schedule(callback: () => void, delayMs: number) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
});
