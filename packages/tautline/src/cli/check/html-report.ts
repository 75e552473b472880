/** The report for people: one HTML file that loads nothing from elsewhere. */
import { countsOf } from "../../conformance/case-report.ts";
import type { CaseReport, Report } from "../../conformance/case-report.ts";
import { packageVersion } from "../../version.ts";
import { escapeHtml, htmlPage } from "../html-page.ts";
import { isGood } from "./summary.ts";

const style = `
.tiles{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0}
.tile{border:1px solid var(--line);border-radius:.5rem;padding:.5rem 1rem}
.tile b{display:block;font-size:1.5rem}
.pass{color:var(--good)}.fail,.not-played{color:var(--bad)}.notice{color:var(--mild)}.not-applicable{color:var(--dim)}
td:first-child,td:nth-child(2){white-space:nowrap}
.why{font-weight:600}.small{color:var(--dim);font-size:.85rem}
`;

export function htmlReport(report: Report, sectionTitles: ReadonlyMap<string, string>): string {
  const { subject, cases } = report;
  const counts = countsOf(cases);
  const tiles = Object.entries(counts).map(
    ([name, count]) =>
      `<div class="tile"><b class="${className(name)}">${count}</b>${escapeHtml(name)}</div>`,
  );
  const remarkable = cases.filter(({ verdict }) => verdict !== "pass");
  const mark = isGood(report) ? '<span class="pass">PASS</span>' : '<span class="fail">FAIL</span>';
  const body = [
    `<h1>${mark} ${subject.role} <code>${escapeHtml(subject.address)}</code></h1>`,
    `<p class="small">${escapeHtml(circumstances(report))}</p>`,
    `<div class="tiles">${tiles.join("")}</div>`,
    "<p>A <b class=fail>fail</b> is a broken MUST of RFC 6455 or RFC 7692. A <b class=notice>notice</b> is something that they allow, only recommend, or do not say.</p>",
    remarkable.length === 0 ? "" : `<h2>What is not a pass</h2>${table(remarkable)}`,
    "<h2>All cases</h2>",
    ...[...sectionTitles].map(([section, title]) =>
      sectionHtml(
        `${section} ${title}`,
        cases.filter((one) => one.section === section),
      ),
    ),
  ];
  return htmlPage({ title: `tautline check: ${subject.address}`, style, body: body.join("\n") });
}

const className = (verdict: string): string => verdict.replaceAll(" ", "-");

function circumstances({ startedAt, durationMs, full, cases }: Report): string {
  const extent = full ? "in full" : "with small amounts in sections 9, 12 and 13";
  return `${cases.length} cases ${extent}, ${startedAt.toISOString()}, ${(durationMs / 1000).toFixed(1)} s, tautline ${packageVersion()}`;
}

function sectionHtml(title: string, cases: readonly CaseReport[]): string {
  if (cases.length === 0) return "";
  const good = cases.filter(({ verdict }) => verdict === "pass").length;
  return `<details><summary>${escapeHtml(title)} <span class="small">${good} of ${cases.length} pass</span></summary>${table(cases)}</details>`;
}

function table(cases: readonly CaseReport[]): string {
  const rows = cases.map(({ id, verdict, title, because, expected, received, rules }) => {
    const why = because === undefined ? "" : `<div class="why">${escapeHtml(because)}</div>`;
    const facts = `<div class="small">expected: ${escapeHtml(expected)}<br>came: ${escapeHtml(received)}</div>`;
    const cells = [
      escapeHtml(id),
      `<span class="${className(verdict)}">${escapeHtml(verdict)}</span>`,
      `${escapeHtml(title)}${why}${facts}`,
      `<span class="small">${escapeHtml(rules.join(", "))}</span>`,
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const head = "<tr><th>case</th><th>verdict</th><th>what</th><th>where it is written</th></tr>";
  return `<table><thead>${head}</thead><tbody>${rows.join("\n")}</tbody></table>`;
}
