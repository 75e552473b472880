/** The report for programs: one JSON object. */
import { countsOf } from "../../conformance/case-report.ts";
import type { Report } from "../../conformance/case-report.ts";
import { packageVersion } from "../../version.ts";
import { isGood } from "./summary.ts";

export function jsonReport(report: Report): string {
  const { subject, full, startedAt, durationMs, cases } = report;
  const whole = {
    tool: `tautline check ${packageVersion()}`,
    subject,
    full,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(durationMs),
    good: isGood(report),
    counts: countsOf(cases),
    cases: cases.map(({ because, ...one }) => ({ ...one, because: because ?? null })),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
