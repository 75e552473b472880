/** The broker in memory keeps what every broker has to keep. */

import { MemoryBroker } from "@tautline/hub";
import { describeBroker } from "./broker-suite.ts";

describeBroker("memory", async () => new MemoryBroker());
