// The end of `npm test`: what failed or was left out, by name; a table of the steps; and alone on the last line the
// counts over all checks.

import { sum } from "./outcome.mjs";

export function printSummary(results) {
  const total = sum(results.map((result) => result.outcome));
  if (total.notes.length > 0) console.log(`\n${total.notes.join("\n")}`);
  const rows = [
    ["step", "result", "passed", "failed", "skipped", "time"],
    ...results.map(({ name, outcome, ms }) => [
      name,
      outcome.failed === 0 ? "ok" : "FAILED",
      String(outcome.passed),
      String(outcome.failed),
      String(outcome.skipped),
      `${(ms / 1000).toFixed(1)} s`,
    ]),
  ];
  console.log(`\n${table(rows)}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0;
}

/** Columns as wide as their widest cell; text to the left, the numbers to the right. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join("\n");
}
