/**
 * The cases about the opening handshake notice what they are for: a server that does all things right passes every one, with
 * each single rule broken the right case says so, and no case wants what Tautline does not do.
 */
import { describe, expect, test } from "vitest";
import { rfc6455 } from "../../requirements/rfc6455.ts";
import { rfc7692 } from "../../requirements/rfc7692.ts";
import { noExtras } from "../../../packages/tautline/src/conformance/handshake.ts";
import { checkOpenings } from "../../../packages/tautline/src/conformance/opening/check-openings.ts";
import {
  openingCases,
  openingTitles,
} from "../../../packages/tautline/src/conformance/opening/opening-cases.ts";
import { testerTimes } from "../../../packages/tautline/src/conformance/tester.ts";
import { tautlineServer } from "../subjects/tautline.ts";
import { openingFaultRows } from "./opening-faults.ts";
import { openingServer } from "./opening-server.ts";

/** What is not a pass, by case. */
async function remarks(
  url: string,
  ids = openingCases.map(({ id }) => id),
  silenceMs = testerTimes.silenceMs,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  await checkOpenings({
    url,
    cases: openingCases.filter(({ id }) => ids.includes(id)),
    times: { ...testerTimes, silenceMs },
    greetings: 0,
    extras: noExtras,
    atOnce: 4,
    signal: new AbortController().signal,
    onReport: ({ id, verdict }) => {
      if (verdict !== "pass") found[id] = verdict;
    },
  });
  return found;
}

test("each case is there once, in a section that has a title, and rests on requirements that are listed", () => {
  const ids = openingCases.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...new Set(openingCases.map(({ section }) => section))]).toEqual([
    ...openingTitles.keys(),
  ]);
  const known = new Set([...rfc6455, ...rfc7692].map(({ id }) => id));
  expect(openingCases.flatMap(({ rfc }) => rfc).filter((id) => !known.has(id))).toEqual([]);
});

test.each([
  { name: "the patched server without a fault", start: () => openingServer() },
  { name: "Tautline", start: () => tautlineServer.start() },
])("nothing is amiss with $name", async ({ start }) => {
  const { url, stop } = await start();
  try {
    expect(await remarks(url)).toEqual({});
  } finally {
    await stop();
  }
});

describe("a server that breaks one rule is caught", () => {
  test.concurrent.each(openingFaultRows.map(([fault, row]) => ({ fault, ...row })))(
    "it $does",
    async ({ fault, caught }) => {
      const { url, stop } = await openingServer(fault);
      try {
        // What is wrong may be that nothing comes: that is not waited for long.
        const silenceMs =
          fault === "no-echo" || fault === "rest-lost" ? 1000 : testerTimes.silenceMs;
        expect(await remarks(url, Object.keys(caught), silenceMs)).toEqual(caught);
      } finally {
        await stop();
      }
    },
  );
});
