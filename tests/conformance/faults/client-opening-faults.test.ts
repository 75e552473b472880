/**
 * The cases about the client's side of the opening handshake notice what they are for: a client that does all things right
 * passes every one, and with each single rule broken the right case says so.
 */
import { describe, expect, test } from "vitest";
import { rfc6455 } from "../../requirements/rfc6455.ts";
import { rfc7692 } from "../../requirements/rfc7692.ts";
import { checkClientOpenings } from "../../../packages/tautline/src/conformance/client-opening/check-client-openings.ts";
import {
  clientOpeningCases,
  clientOpeningTitles,
} from "../../../packages/tautline/src/conformance/client-opening/client-opening-cases.ts";
import { testerTimes } from "../../../packages/tautline/src/conformance/tester.ts";
import type { TesterTimes } from "../../../packages/tautline/src/conformance/tester.ts";
import type { ClientSubject } from "../subjects/subject.ts";
import { clientOpeningFaultRows } from "./client-opening-faults.ts";
import { openingClient } from "./opening-client.ts";

/** The verdicts of these cases. */
async function verdicts(
  subject: ClientSubject,
  ids: readonly string[],
  times: TesterTimes = testerTimes,
): Promise<Record<string, string>> {
  const openings = clientOpeningCases.filter(({ id }) => ids.includes(id));
  const echoAt = (url: string) => subject.echoAt(url);
  const reports = await checkClientOpenings({ echoAt, openings, times });
  return Object.fromEntries(reports.map(({ id, verdict }) => [id, verdict]));
}

test("each case is there once, in a section that has a title, and rests on requirements that are listed", () => {
  const ids = clientOpeningCases.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...new Set(clientOpeningCases.map(({ section }) => section))]).toEqual([
    ...clientOpeningTitles.keys(),
  ]);
  const known = new Set([...rfc6455, ...rfc7692].map(({ id }) => id));
  expect(clientOpeningCases.flatMap(({ rfc }) => rfc).filter((id) => !known.has(id))).toEqual([]);
});

test("nothing is amiss with the patched client without a fault", async () => {
  const ids = clientOpeningCases.map(({ id }) => id);
  const found = Object.entries(await verdicts(openingClient(), ids));
  expect(found.filter(([, verdict]) => verdict !== "pass")).toEqual([
    // It offers that parameter.
    ["15.4.19", "not applicable"],
  ]);
});

/** What is wrong may be that nothing comes: that is not waited for long. */
const silent = new Set(["no-echo", "rest-lost", "endless-patience", "no-close"]);

describe("a client that breaks one rule is caught", () => {
  test.concurrent.each(clientOpeningFaultRows.map(([fault, row]) => ({ fault, ...row })))(
    "it $does",
    async ({ fault, caught }) => {
      const times = silent.has(fault) ? { ...testerTimes, silenceMs: 1500 } : testerTimes;
      const ids = Object.keys(caught);
      expect(await verdicts(openingClient(fault), ids, times)).toEqual(caught);
    },
  );

  test("and every case that can fail is failed by somebody", () => {
    const caught = new Set(
      clientOpeningFaultRows.flatMap(([, row]) =>
        Object.entries(row.caught)
          .filter(([, verdict]) => verdict === "fail" || verdict === "notice")
          .map(([id]) => id),
      ),
    );
    // That an offer is taken as it was made is what 15.4.7 to 15.4.9 say too.
    expect(clientOpeningCases.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([
      "15.4.6",
    ]);
  });
});
