/**
 * What the benchmark writes into the pages of the documentation is there in Chinese, to the last phrase. Where the figures of the English
 * page are newer, `npx vitest run tests/bench/chinese.test.ts -u` brings them to the Chinese one.
 */
import { format, resolveConfig } from "prettier";
import { describe, expect, test } from "vitest";

import { cases } from "../../bench/src/cases.ts";
import { inChinese } from "../../bench/src/chinese.ts";
import { peers } from "../../bench/src/peers.ts";
import { readCosts } from "../../bench/src/plan/costs.ts";
import { planText } from "../../bench/src/plan/plan-page.ts";
import { read } from "../docs/documents.ts";

/** Two English words in a row, which no name among the figures has. */
const english = /[a-z]{2,},? [a-z]{2,}/u;

function leftInEnglish(text: string): string[] {
  return text
    .replaceAll(/`[^`]*`/gu, "")
    .split("\n")
    .filter((line) => english.test(line));
}

const pages = cases.filter(({ group }) => group !== "brokers" && group !== "costs");

test.each(pages)("the case $title has a title in Chinese", ({ title }) => {
  const chinese = inChinese(title);
  expect(chinese).toMatch(/\p{Script=Han}/u);
  expect(leftInEnglish(chinese)).toEqual([]);
});

test("servers have names in Chinese", () => {
  const titles = peers.filter(({ broker }) => broker === undefined).map(({ title }) => title);
  expect(leftInEnglish(inChinese(titles.join("\n")))).toEqual([]);
});

test("the plan is Chinese as a whole", () => {
  const costs = readCosts();
  expect(leftInEnglish(planText(costs))).not.toEqual([]);
  expect(leftInEnglish(inChinese(planText(costs)))).toEqual([]);
  const spoilt = { ...costs, measured: { ...costs.measured, othersCpu: 1 } };
  expect(leftInEnglish(inChinese(planText(spoilt)))).toEqual([]);
});

const figures = /(?<=<!-- figures: [^\n]+ -->\n)[^]*(?=<!-- end of figures -->)/u;

test("the page about performance has the same figures in Chinese", async () => {
  const [english = ""] = figures.exec(read("docs/explanation/performance.md")) ?? [];
  const chinese = inChinese(english);
  expect(leftInEnglish(english)).not.toEqual([]);
  expect(leftInEnglish(chinese)).toEqual([]);
  const path = "docs/explanation/performance.zh-CN.md";
  const page = read(path).replace(figures, () => chinese);
  const config = await resolveConfig(path);
  const formatted = await format(page, { ...config, parser: "markdown" });
  await expect(formatted).toMatchFileSnapshot(`../../${path}`);
});

describe("a line", () => {
  test.each([
    { english: "### What it costs", chinese: "### 要多少开销" },
    { english: "| cost | 1,060 µs |", chinese: "| 开销 | 1,060 µs |" },
    { english: "| --- | ---: |", chinese: "| --- | ---: |" },
    {
      english: "- Left out: deno (npm has no binary of it for this system (@deno)).",
      chinese: "- 未参加：deno（npm 上没有适用于本系统的二进制文件：@deno）。",
    },
    { english: "What nobody has translated", chinese: "What nobody has translated" },
  ])("$english", ({ english: before, chinese }) => {
    expect(inChinese(before)).toBe(chinese);
  });
});
