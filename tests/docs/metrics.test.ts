/** The table of metrics in docs/how-to/observe.md says what the code says. */
import { metricTable } from "tautline";
import type { MetricSpec } from "tautline";
import { expect, test } from "vitest";

import { read } from "./documents.ts";

/** The cells of the table's rows, without their padding. */
function rows(text: string): string[][] {
  const lines = text.match(/^\| `tautline_.*\|$/gm) ?? [];
  return lines.map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

test("the metrics that are documented are those there are", () => {
  const expected = Object.entries<MetricSpec>(metricTable).map(
    ([name, { kind, labels = [], help }]) => [
      `\`${name}\``,
      kind,
      labels.map((label) => `\`${label}\``).join(", "),
      help,
    ],
  );
  expect(rows(read("docs/how-to/observe.md"))).toEqual(expected);
});
