/** The system's time, for brokers that tests make themselves. */

import type { Clock } from "@tautline/hub";

export const realClock: Clock = {
  now: () => Date.now(),
  schedule(callback, delayMs) {
    const timer = setTimeout(() => callback(), delayMs);
    return () => clearTimeout(timer);
  },
};
