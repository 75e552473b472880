/** Plays the suite of all brokers with this project's test runner. */

import { describe, expect, it } from "vitest";
import type { BrokerFeature, BrokerWorld } from "@tautline/hub/broker-suite";
import { brokerCases } from "@tautline/hub/broker-suite";

/** What the engine lacks, with the reason for each. */
export type Lacking = Partial<Record<BrokerFeature, string>>;

export function describeBroker(
  name: string,
  makeWorld: () => Omit<BrokerWorld, "equal">,
  lacking: Lacking = {},
): void {
  describe(`the ${name} broker`, () => {
    for (const one of brokerCases) {
      const reason = one.needs.map((need) => lacking[need]).find((why) => why !== undefined);
      const note = reason === undefined ? "" : ` (left out: ${reason})`;
      it.skipIf(reason !== undefined)(`${one.name}${note}`, async () => {
        await one.play({
          ...makeWorld(),
          equal: (actual, expected) => expect(actual).toEqual(expected),
        });
      });
    }
    it("lacks nothing that no case needs", () => {
      const needed = new Set(brokerCases.flatMap(({ needs }) => needs));
      expect(
        Object.keys(lacking).filter((feature) => !needed.has(feature as BrokerFeature)),
      ).toEqual([]);
    });
  });
}
