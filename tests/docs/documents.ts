/** The project's Markdown files, and the parts of them that tests look at: headings, code blocks, links. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../../", import.meta.url));

const elsewhere = new Set(["node_modules", "dist", ".cache", ".git", "coverage"]);

/** Every Markdown file of the repository, as paths from its root. */
export function documents(folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !elsewhere.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return documents(path);
      return entry.name.endsWith(".md") ? [path] : [];
    });
}

export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

const fence = /^```([^\n]*)\n(.*?)^```$/gms;

export function codeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(fence)].map(([, language = "", code = ""]) => ({ language, code }));
}

/** The text without its code, in which brackets and hashes mean something else. */
function prose(text: string): string {
  return text.replaceAll(fence, "").replaceAll(/`[^`\n]*`/g, "`code`");
}

export interface Heading {
  readonly level: number;
  readonly text: string;
}

export function headings(text: string): Heading[] {
  return [...text.replaceAll(fence, "").matchAll(/^(#{1,6}) (.+)$/gm)].map(
    ([, marks = "", title = ""]) => ({ level: marks.length, text: title }),
  );
}

/** The name by which a heading is linked to, as GitHub makes it. */
export function anchor({ text }: Heading): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

/** Where the links and pictures of a text lead. */
export function links(text: string): string[] {
  const inline = [...prose(text).matchAll(/\]\(([^()\s]+)(?: "[^"]*")?\)/g)];
  const named = [...prose(text).matchAll(/^\[[^\]]+\]: (\S+)/gm)];
  return [...inline, ...named].map(([, target = ""]) => target);
}
