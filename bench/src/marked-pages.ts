/** Puts what has been found between two marks of a page of the documentation, in English and in Chinese. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runToEnd } from "./children.ts";
import { inChinese } from "./chinese.ts";
import { root } from "./folders.ts";

export interface Marks {
  readonly begin: string;
  readonly end: string;
}

/**
 * Replaces what stands between the marks of both pages.
 *
 * @param name of the English page, among the explanations
 * @throws Error when a page lacks the marks
 */
export async function writeBetween(name: string, marks: Marks, text: string): Promise<void> {
  const folder = join(root, "docs", "explanation");
  const pages = [
    { path: join(folder, `${name}.md`), inside: text },
    { path: join(folder, `${name}.zh-CN.md`), inside: inChinese(text) },
  ];
  for (const { path, inside } of pages) writePage(path, marks, inside);
  const prettier = join(root, "node_modules", "prettier", "bin", "prettier.cjs");
  const args = [prettier, "--write", ...pages.map(({ path }) => path)];
  await runToEnd({ command: process.execPath, args });
}

function writePage(path: string, { begin, end }: Marks, inside: string): void {
  const text = readFileSync(path, "utf8");
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${path} lacks the mark "${begin}" or its end`);
  const around = [text.slice(0, from + begin.length), text.slice(to)];
  writeFileSync(path, around.join(`\n\n${inside}\n\n`));
}
