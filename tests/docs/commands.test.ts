/**
 * The commands that the documents tell people to type are there: those of `tautline` with their flags, the scripts of npm, and the
 * files that are run.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import type { Command } from "../../packages/tautline/src/cli/command.ts";
import { commands } from "../../packages/tautline/src/cli/commands/commands.ts";
import { documents, read, root } from "./documents.ts";

/** The reference is generated from the code, and what has changed keeps the words of its time. */
const paths = documents().filter((path) => !/command-line\.md$|CHANGELOG\.md$/u.test(path));

/** Lines of code, and code among words; without what stands behind a `#`, and cut where the shell would begin another command. */
function typed(text: string): string[] {
  const code = [
    ...[...text.matchAll(/^```(?:sh|text)?\n(.*?)^```$/gmsu)].flatMap(([, block = ""]) =>
      block.replaceAll("\\\n", " ").split("\n"),
    ),
    ...[...text.matchAll(/`([^`\n]+)`/gu)].map(([, inline = ""]) => inline),
  ];
  return code
    .flatMap((line) => line.replace(/(?:^|\s)#.*$/u, "").split(/&&|\||;/u))
    .map((line) => line.trim().replace(/^(?:[A-Z_]+=\S+ )*(?:npx )?/u, ""));
}

function all(pattern: RegExp): (readonly [path: string, found: RegExpExecArray])[] {
  return paths.flatMap((path) =>
    typed(read(path)).flatMap((line) => {
      const found = pattern.exec(line);
      return found === null ? [] : [[path, found] as const];
    }),
  );
}

function flagsOf({ options }: Command): Set<string> {
  const flags = Object.entries(options).flatMap(([name, { short, type }]) => [
    `--${name}`,
    ...(type === "boolean" ? [`--no-${name}`] : []),
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
  return new Set([...flags, "--help", "-h"]);
}

describe("the documents", () => {
  test("name commands of tautline that are there, with flags that they take", () => {
    const uses = all(/^tautline ([a-z][a-z-]*)(.*)$/u);
    expect(uses.length).toBeGreaterThan(100);
    const wrong = uses.filter(([, [, name, rest = ""]]) => {
      const command = commands.find((each) => each.name === name);
      const flags = rest.split(/[\s=]/u).filter((word) => /^--?[a-z]/u.test(word));
      const known = command === undefined ? new Set<string>() : flagsOf(command);
      return command === undefined || flags.some((flag) => !known.has(flag));
    });
    expect(wrong.map(([path, [line]]) => `${path}: ${line}`)).toEqual([]);
  });

  test("name scripts of npm that are there", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const uses = all(/^npm run ([\w:-]+)/u);
    expect(uses.length).toBeGreaterThan(20);
    const wrong = uses.filter(([, [, name = ""]]) => !Object.hasOwn(scripts, name));
    expect(wrong.map(([path, [line]]) => `${path}: ${line}`)).toEqual([]);
  });

  test("run files that are there", () => {
    const uses = all(/^(?:node|vitest run|vitest|vite|python3) (.*)$/u).flatMap(
      ([path, [, rest = ""]]) => rest.split(" ").map((word) => [path, word] as const),
    );
    const files = uses.filter(([, word]) =>
      /^(?:bench|deploy|examples|packages|scripts|tests)(?:\/|$)/u.test(word),
    );
    expect(files.length).toBeGreaterThan(20);
    const wrong = files.filter(([, file]) => !existsSync(join(root, file)));
    expect(wrong.map(([path, file]) => `${path}: ${file}`)).toEqual([]);
  });
});
