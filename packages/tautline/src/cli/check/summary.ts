/** What is printed at the end: what is not as it has to be, and one line that sums it up. */
import { countsOf } from "../../conformance/case-report.ts";
import type { CaseReport, Report } from "../../conformance/case-report.ts";
import { printable } from "../printable.ts";
import type { Style } from "../style.ts";

/** Notices of one kind are shown once, with so many cases. */
const shownCases = 6;

export function summaryText(report: Report, style: Style): string {
  const fails = report.cases.filter(({ verdict }) => verdict === "fail");
  return [
    ...fails.map((one) => failText(one, style)),
    ...groupsOf(report.cases, "notice").map(([why, ids]) =>
      groupText(style.yellow("notice"), why, ids),
    ),
    ...groupsOf(report.cases, "not applicable").map(([why, ids]) =>
      groupText(style.dim("not applicable"), why, ids),
    ),
    sumText(report, style),
    "",
  ].join("\n");
}

function failText({ id, title, because = "", ...rest }: CaseReport, style: Style): string {
  const lines = [
    `${style.red("fail")} ${style.bold(id)} ${title}`,
    `  why       ${because}`,
    `  expected  ${rest.expected}`,
    `  came      ${rest.received}`,
    `  see       ${rest.rules.join(", ")}`,
  ];
  return `${lines.map((line, i) => (i === 0 ? line : printable(line))).join("\n")}\n`;
}

/** Cases by their reason. */
function groupsOf(
  cases: readonly CaseReport[],
  verdict: CaseReport["verdict"],
): readonly (readonly [string, readonly string[]])[] {
  const groups = new Map<string, string[]>();
  for (const { id, because = "", rules, ...one } of cases) {
    if (one.verdict !== verdict) continue;
    const why = verdict === "notice" ? `${because} (${rules[0] ?? ""})` : because;
    groups.set(why, [...(groups.get(why) ?? []), id]);
  }
  return [...groups];
}

function groupText(label: string, why: string, ids: readonly string[]): string {
  const shown = ids.slice(0, shownCases).join(", ");
  const rest = ids.length > shownCases ? `, … (${ids.length} cases)` : "";
  return `${label} ${printable(why)}: ${shown}${rest}`;
}

/** Whether nothing failed and all was played. */
export function isGood(report: Report): boolean {
  return report.cases.every(({ verdict }) => verdict !== "fail" && verdict !== "not played");
}

function sumText({ cases, subject, durationMs }: Report, style: Style): string {
  const counts = countsOf(cases);
  const parts = Object.entries(counts)
    .filter(([name, count]) => count > 0 || name === "pass" || name === "fail")
    .map(([name, count]) => `${count} ${name}`);
  const good = counts.fail === 0 && counts["not played"] === 0;
  const mark = good ? style.green("PASS") : style.red("FAIL");
  const seconds = (durationMs / 1000).toFixed(1);
  return `${mark} ${subject.role} ${subject.address}: ${cases.length} ${cases.length === 1 ? "case" : "cases"}, ${parts.join(", ")}, in ${seconds} s`;
}
