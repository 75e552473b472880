/** Plays the suite of all brokers with this project's test runner. */

import { describe, expect, it } from "vitest";
import type { BrokerWorld, Lacking } from "@tautline/hub/broker-suite";
import { planCases } from "@tautline/hub/broker-suite";

export function describeBroker(
  name: string,
  makeWorld: () => Omit<BrokerWorld, "equal">,
  lacking: Lacking = {},
): void {
  describe(`the ${name} broker`, () => {
    it.each(planCases(lacking))("$title", async ({ reason, play }) => {
      const played = play({
        ...makeWorld(),
        equal: (actual, expected) => expect(actual).toEqual(expected),
      });
      // What is left out for a reason that holds no more is a mistake of the list.
      const outcome = played.then(
        () => "kept",
        (error: unknown) => (reason === undefined ? error : "not kept"),
      );
      expect(await outcome).toBe(reason === undefined ? "kept" : "not kept");
    });
  });
}
