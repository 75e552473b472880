/** docs/explanation/hostile-clients.md names tests: each of them is there, under that title. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const page = new URL("../../docs/explanation/hostile-clients.md", import.meta.url);
const rows = readFileSync(page, "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
  .slice(1)
  .map((line) => line.split(" | "));

const links = (cell: string): (readonly [title: string, path: string])[] =>
  Array.from(cell.matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/gu), ([, title = "", path = ""]) => [
    title,
    path,
  ]);

test.each(rows.map(([what = "", , cell = ""]) => ({ what, cell })))(
  "what is said of $what is shown by tests that exist",
  ({ cell }) => {
    const named = links(cell);
    expect(named.length).toBeGreaterThan(0);
    const missing = named.filter(([title, path]) => {
      return !readFileSync(new URL(path, page), "utf8").includes(`"${title}"`);
    });
    expect(missing).toEqual([]);
  },
);

test("nothing is left out of the page's table", () => {
  expect(rows.length).toBeGreaterThanOrEqual(24);
});
