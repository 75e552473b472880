/**
 * The cases notice what they are for: a peer that does all things right passes every one, and with each single rule
 * broken the right case says so.
 */
import { describe, expect, test } from "vitest";
import { casesAt, quick } from "../../../packages/tautline/src/conformance/cases/cases.ts";
import { checkClient } from "../../../packages/tautline/src/conformance/check-client.ts";
import { checkServer } from "../../../packages/tautline/src/conformance/check-server.ts";
import type { ConformanceCase } from "../../../packages/tautline/src/conformance/conformance-case.ts";
import type { Subject } from "../subjects/subject.ts";
import { reportOn } from "../../../packages/tautline/src/conformance/case-report.ts";
import type { Played } from "../../../packages/tautline/src/conformance/observation.ts";
import { testerTimes } from "../../../packages/tautline/src/conformance/tester.ts";
import type { TesterTimes } from "../../../packages/tautline/src/conformance/tester.ts";
import type { Fault } from "./faults.ts";
import { faultRows } from "./faults.ts";
import { patchedClient, patchedServer } from "./patched-subject.ts";

const light = casesAt(quick).filter(({ heavy }) => heavy !== true);
/** What is wrong is often that nothing comes: it is not waited for long. */
const impatient: TesterTimes = { ...testerTimes, silenceMs: 2000, quietMs: 20, chanceMs: 100 };

/** Grades of each case, and what `tautline check` says of it. */
async function check(
  subject: Subject,
  cases: readonly ConformanceCase[],
  times: TesterTimes,
): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  const onPlayed = (row: ConformanceCase, played: Played): void => {
    const { behaviour, ending } = played.grades;
    found[row.id] = [behaviour, ending, reportOn(row, played).verdict];
  };
  if (subject.role === "client") {
    await checkClient({ echoAt: (url) => subject.echoAt(url), cases, times, onPlayed });
    return found;
  }
  const { url, stop } = await subject.start();
  try {
    await checkServer({ url, cases, times, onPlayed });
    return found;
  } finally {
    await stop();
  }
}

describe("a peer that breaks no rule", () => {
  test.each([patchedServer(), patchedClient()])("passes every case ($name)", async (subject) => {
    const results = await check(subject, light, testerTimes);
    const loose = Object.entries(results).filter(
      ([, [behaviour]]) => behaviour !== "INFORMATIONAL",
    );
    const strict = Object.fromEntries(loose.map(([id]) => [id, ["OK", "OK", "pass"]]));
    expect(Object.fromEntries(loose)).toEqual(strict);
  });
});

describe("a peer that breaks one rule is caught", () => {
  test.concurrent.each(faultRows.map(([fault, row]) => ({ fault, row, does: row.does })))(
    "it $does",
    async ({ fault, row }: { fault: Fault; row: (typeof faultRows)[number][1] }) => {
      const subject = row.role === "client" ? patchedClient(fault) : patchedServer(fault);
      const cases = light.filter(({ id }) => id in row.caught);
      expect(await check(subject, cases, impatient)).toEqual(row.caught);
    },
  );

  const alsoClients: readonly Fault[] = [
    "no-pong",
    "rsv1",
    "reserved-data",
    "reserved-control",
    "fragmented-control",
    "fragments-apart",
    "stray-continuation",
    "nested-message",
    "no-utf8-check",
    "text-only",
    "long-pings",
    "close-of-one-byte",
    "any-close-code",
    "no-close-answer",
  ];

  test.concurrent.each(faultRows.filter(([fault]) => alsoClients.includes(fault)))(
    "as a client too: %s",
    async (fault, row) => {
      const cases = light.filter(({ id }) => id in row.caught);
      expect(await check(patchedClient(fault), cases, impatient)).toEqual(row.caught);
    },
  );

  test("in more than 25 ways that break a MUST", () => {
    const failing = faultRows.filter(([, { caught }]) =>
      Object.values(caught).some(([, , verdict]) => verdict === "fail"),
    );
    expect(failing.length).toBeGreaterThan(25);
  });
});
