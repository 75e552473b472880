/**
 * Holds the documents to their word: links lead somewhere, both READMEs say the same, and every TypeScript snippet
 * compiles against the packages as they are.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, test } from "vitest";

import { scratch } from "../scratch.ts";
import { anchor, codeBlocks, documents, headings, links, read, root } from "./documents.ts";

const paths = documents();

describe("links", () => {
  test.each(paths)("of %s lead to what is there", (path) => {
    const broken = links(read(path)).filter((link) => {
      if (/^(?:https?|mailto):/.test(link)) return false;
      const [target = "", fragment] = link.split("#", 2);
      const file = target === "" ? path : join(dirname(path), decodeURIComponent(target));
      if (!existsSync(join(root, file))) return true;
      if (fragment === undefined) return false;
      return !headings(read(file)).some((heading) => anchor(heading) === fragment);
    });
    expect(broken).toEqual([]);
  });
});

test("the index of the documentation has every page", () => {
  const listed = links(read("docs/README.md")).map((link) => join("docs", link));
  // A translation is linked from the head of what it translates.
  const pages = paths.filter(
    (path) => path.startsWith("docs/") && path !== "docs/README.md" && !path.endsWith(".zh-CN.md"),
  );
  expect(pages.filter((path) => !listed.includes(path))).toEqual([]);
});

/** The levels of the headings, in order. */
function levels(text: string): number[] {
  return headings(text).map(({ level }) => level);
}

/** The number of cells in each row of each table. */
function rows(text: string): number[] {
  return (text.match(/^\|.*\|$/gm) ?? []).map((row) => row.split("|").length);
}

/** The links of a document without the first, which is to its other language, and those to its own headings. */
function elsewhere(text: string): string[] {
  return links(text)
    .slice(1)
    .filter((link) => !link.startsWith("#"));
}

/** Documents that are there in both languages, by the name of the English one. */
const translated = paths
  .filter((path) => path.endsWith(".zh-CN.md"))
  .map((path) => path.replace(".zh-CN.md", ".md"));

describe.each(translated)("%s in English and Chinese", (path) => {
  const english = read(path);
  const chinese = read(path.replace(".md", ".zh-CN.md"));

  test("have the same headings", () => {
    expect(levels(chinese)).toEqual(levels(english));
  });

  test("have the same code", () => {
    expect(codeBlocks(chinese)).toEqual(codeBlocks(english));
  });

  test("have tables of the same form", () => {
    expect(rows(chinese)).toEqual(rows(english));
  });

  test("link to the same places, and to each other", () => {
    const name = basename(path, ".md");
    expect(links(english)[0]).toBe(`${name}.zh-CN.md`);
    expect(links(chinese)[0]).toBe(`${name}.md`);
    expect(elsewhere(chinese)).toEqual(elsewhere(english));
  });
});

test("the README is read in a minute", () => {
  // What it is, how to try it and the code fit one screen; the table that compares it with others comes after.
  const [screen = "", rest = ""] = read("README.md").split(/(?=^## Beside others$)/mu);
  expect(screen.split("\n").length).toBeLessThanOrEqual(80);
  expect(rest.split("\n").length).toBeLessThanOrEqual(30);
});

/** Lines without their indentation, and without those that are empty. */
function lines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}

test("what the tutorial shows of its example is what the example has", () => {
  const folder = "examples/chat";
  const files = readdirSync(join(root, folder))
    .filter((name) => /\.(?:m?js|html)$/.test(name))
    .map((name) => lines(read(join(folder, name))));
  const shown = codeBlocks(read("docs/tutorial/chat.md"))
    .filter(({ language }) => language !== "sh")
    .map(({ code }) => lines(code));
  expect(shown.filter((code) => !files.some((file) => file.includes(code)))).toEqual([]);
  // All of the page's script is told, but for its opening comment.
  const untold = shown.reduce((text, code) => text.replace(code, ""), files.join("\n"));
  expect(untold.split("\n").filter((line) => /^(?!\/\/|<)\S/.test(line))).toEqual([]);
});

describe("TypeScript snippets", () => {
  const snippets = paths.flatMap((path) =>
    codeBlocks(read(path))
      .filter(({ language }) => /^tsx?\b/.test(language))
      .map(({ language, code }, index) => ({ name: `${path}, ${index + 1}`, language, code })),
  );

  test("compile, each as a file of its own", async () => {
    const files = snippets.map(({ name, language, code }, index) => [
      `snippet-${index}.${language}`,
      `// ${name}\n${code}\nexport {};\n`,
    ]);
    const settings = {
      extends: join(root, "tsconfig.base.json"),
      compilerOptions: {
        noEmit: true,
        composite: false,
        incremental: false,
        noUnusedLocals: false,
        noUnusedParameters: false,
        allowImportingTsExtensions: true,
        rewriteRelativeImportExtensions: false,
        lib: ["es2023", "dom"],
        jsx: "react-jsx",
        types: ["node"],
      },
      include: ["."],
    };
    const folder = scratch({
      ...(Object.fromEntries(files) as Record<string, string>),
      "tsconfig.json": JSON.stringify(settings),
      "package.json": JSON.stringify({ type: "module" }),
    });
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const said = await promisify(execFile)(
      process.execPath,
      [tsc, "-p", folder, "--pretty", "false"],
      { cwd: folder },
    ).then(
      ({ stdout }) => stdout,
      (error: { stdout?: string }) => error.stdout ?? "",
    );
    const named = said.replaceAll(
      /snippet-(\d+)\.tsx?/g,
      (_, index) => snippets[Number(index)]!.name,
    );
    expect(named).toBe("");
    // A whole compiler at work, on machines that have other things to do as well.
  }, 120_000);
});
