/**
 * The cases notice what they are for: a peer that does all things right passes every one, and with each single rule
 * broken the right case says so.
 */
import { describe, expect, test } from "vitest";
import { casesAt, quick } from "../../../packages/tautline/src/conformance/cases/cases.ts";
import { checkClient } from "../../../packages/tautline/src/conformance/check-client.ts";
import { checkServer } from "../../../packages/tautline/src/conformance/check-server.ts";
import type { ConformanceCase } from "../../../packages/tautline/src/conformance/conformance-case.ts";
import { recorded } from "../results.ts";
import type { GradesByCase } from "../../../packages/tautline/src/conformance/run-cases.ts";
import type { Subject } from "../subjects/subject.ts";
import { testerTimes } from "../../../packages/tautline/src/conformance/tester.ts";
import type { TesterTimes } from "../../../packages/tautline/src/conformance/tester.ts";
import type { Fault } from "./faults.ts";
import { faultRows } from "./faults.ts";
import { patchedClient, patchedServer } from "./patched-subject.ts";

const light = casesAt(quick).filter(({ heavy }) => heavy !== true);
/** What is wrong is often that nothing comes: it is not waited for long. */
const impatient: TesterTimes = { ...testerTimes, silenceMs: 400, quietMs: 20, chanceMs: 100 };

async function check(
  subject: Subject,
  cases: readonly ConformanceCase[],
  times: TesterTimes,
): Promise<GradesByCase> {
  if (subject.role === "client") {
    return checkClient({ echoAt: (url) => subject.echoAt(url), cases, times });
  }
  const { url, stop } = await subject.start();
  try {
    return await checkServer({ url, cases, times });
  } finally {
    await stop();
  }
}

describe("a peer that breaks no rule", () => {
  test.each([patchedServer(), patchedClient()])("passes every case ($name)", async (subject) => {
    const results = recorded(await check(subject, light, testerTimes));
    const loose = Object.entries(results).filter(
      ([, [behaviour]]) => behaviour !== "INFORMATIONAL",
    );
    const strict = Object.fromEntries(loose.map(([id]) => [id, ["OK", "OK"]]));
    expect(Object.fromEntries(loose)).toEqual(strict);
  });
});

describe("a peer that breaks one rule is caught", () => {
  test.concurrent.each(faultRows.map(([fault, row]) => ({ fault, row, does: row.does })))(
    "it $does",
    async ({ fault, row }: { fault: Fault; row: (typeof faultRows)[number][1] }) => {
      const subject = row.role === "client" ? patchedClient(fault) : patchedServer(fault);
      const cases = light.filter(({ id }) => id in row.caught);
      expect(recorded(await check(subject, cases, impatient))).toEqual(row.caught);
    },
  );

  test("in more than 25 ways", () => {
    expect(faultRows.length).toBeGreaterThan(25);
  });
});
