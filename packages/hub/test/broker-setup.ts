/** What a broker in memory is made of in tests: a clock that stands still, and ids that are counted. */

import type { MemoryBrokerSetup } from "@tautline/hub";
import { FakeClock } from "./fake-clock.ts";

let ids = 0;

export function brokerSetup(clock: FakeClock = new FakeClock()): MemoryBrokerSetup {
  return { clock, randomId: () => `epoch-${(ids += 1)}` };
}
