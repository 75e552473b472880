/**
 * docs/reference/ws-compatibility.md is generated from the table of tests/compat, and the table is held against ws
 * itself: every name that ws or its typings have is in it, and every test that it names exists.
 * `npx vitest run tests/docs/ws-compatibility.test.ts -u` writes the page anew.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { format } from "prettier";
import { describe, expect, test } from "vitest";

import { sections } from "../compat/compatibility.ts";
import type { Row } from "../compat/compatibility.ts";
import { read, root } from "./documents.ts";

const require = createRequire(import.meta.url);
const real = require("ws") as Record<string, { prototype: object }>;
const lib = join(dirname(require.resolve("ws")), "lib");
const sources = (file: string) => readFileSync(join(lib, `${file}.js`), "utf8");
const typings = readFileSync(join(root, "node_modules/@types/ws/index.d.ts"), "utf8");

function matches(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name))];
}

/** The members of an interface of the typings. */
function declared(name: string): string[] {
  const [, body = ""] =
    new RegExp(`^ {4}(?:interface|class) ${name}\\b.*?\\{\\n(.*?)^ {4}\\}`, "ms").exec(typings) ??
    [];
  return matches(body, /^ {8}(?:readonly )?(\w+)\??[(:]/gm).filter(
    (member) => !/^(?:constructor|on|once|off|addListener|removeListener)$/.test(member),
  );
}

/** The members of the class of connections, which the typings write at the left margin. */
function declaredOfConnections(): string[] {
  const [, body = ""] = /^declare class WebSocket .*?\{\n(.*?)^\}/ms.exec(typings) ?? [];
  return matches(body, /^ {4}(?:readonly )?(\w+)\??[(<:]/gm).filter(
    (member) => !/^(?:static|constructor|on|once|off|addListener|removeListener)$/.test(member),
  );
}

const documentedOptions = /@param \{[^}]*\}+\)?\}? \[options\.(\w+)/g;
const emitted = /emit(?:\.bind\(\w+, |\()'([\w-]+)'/g;

function membersOf(name: string): string[] {
  return Object.getOwnPropertyNames(real[name]!.prototype).filter((one) => one !== "constructor");
}

/** The options that a function's comment lists. */
function optionsIn(file: string, before: string): string[] {
  const text = sources(file);
  const end = text.indexOf(before);
  return matches(text.slice(text.lastIndexOf("/**", end), end), documentedOptions);
}

const fields = (file: string) =>
  matches(sources(file), /\b(?:this|websocket|ws)\.(_[a-z]\w*)/g).filter(
    (name) => name !== "_writableState" && name !== "_readableState",
  );

/** What ws has, by the titles of the sections. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  Exports: [...Object.keys(real), "default"],
  "Options of servers": [
    ...optionsIn("websocket-server", "constructor(options, callback)"),
    ...declared("ServerOptions"),
  ],
  "Options of clients": [
    ...optionsIn("websocket", "function initAsClient"),
    ...declared("ClientOptions"),
  ],
  "Members of perMessageDeflate": [
    ...optionsIn("permessage-deflate", "constructor(options)"),
    ...declared("PerMessageDeflateOptions"),
  ],
  "Events of servers": matches(sources("websocket-server"), emitted),
  "Events of connections": matches(sources("websocket"), emitted),
  "Methods and properties of servers": [...membersOf("WebSocketServer"), ...declared("Server")],
  "Methods and properties of connections": [...membersOf("WebSocket"), ...declaredOfConnections()],
  "Error codes": matches(sources("receiver"), /'(WS_ERR_\w+)'/g),
  Internals: [...fields("websocket"), ...fields("websocket-server")],
};

const rowsOf = (title: string): readonly Row[] =>
  sections.find((section) => section.title === title)?.rows ?? [];

describe.each(Object.keys(wanted))("the table of compatibility: %s", (title) => {
  test("has every name that ws has", () => {
    const names = new Set(rowsOf(title).map(({ name }) => name));
    expect(wanted[title]!.length).toBeGreaterThan(3);
    expect([...new Set(wanted[title])].filter((name) => !names.has(name))).toEqual([]);
  });

  test("has each name once", () => {
    const names = rowsOf(title).map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });
});

/** The titles of the tests in a scenario; what is filled in when they run stands for anything. */
function titles(file: string): RegExp[] {
  const text = read(`tests/compat/scenarios/${file}.test.mjs`);
  return [...text.matchAll(/^ *test\(\s*(["`])(.*?)\1,/gms)].map(([, , title = ""]) => {
    const parts = title
      .split(/\$\{[^}]*\}/)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`);
  });
}

test("every test that the table of compatibility names exists", () => {
  const missing = sections
    .flatMap(({ rows }) => rows)
    .filter(({ test: [file, start] }) => !titles(file).some((title) => begins(title, start)))
    .map(({ name, test }) => `${name}: ${test.join(", ")}`);
  expect(missing).toEqual([]);
});

/** Whether a title that the pattern allows begins like this. */
function begins(title: RegExp, start: string): boolean {
  const fixed = title.source
    .slice(1, -1)
    .split(".*")
    .map((part) => part.replaceAll("\\", ""));
  const [first = "", ...rest] = fixed;
  if (rest.length === 0 || first.startsWith(start)) return first.startsWith(start);
  return (
    start.startsWith(first) && rest.some((part) => part === "" || start.includes(part.slice(0, 12)))
  );
}

test("a row that is not the same says why", () => {
  const silent = sections
    .flatMap(({ rows }) => rows)
    .filter(({ verdict, note }) => verdict !== "same" && note === "");
  expect(silent).toEqual([]);
});

function page(): string {
  const tables = sections.map(({ title, rows }) => {
    const lines = rows.map(({ name, verdict, note, test: [file, start] }) => {
      const shown = title === "Manner" ? name.replaceAll("-", " ") : `\`${name}\``;
      return `| ${shown} | ${verdict} | ${note} | [${file}](../../tests/compat/scenarios/${file}.test.mjs): ${start.replaceAll("_", "\\_")} … |`;
    });
    return [
      `## ${title}`,
      "",
      "| name | | why | shown by |",
      "| --- | --- | --- | --- |",
      ...lines,
    ].join("\n");
  });
  const scenarios = readdirSync(join(root, "tests/compat/scenarios"))
    .filter((name) => name.endsWith(".test.mjs") && !name.startsWith("ws-"))
    .map((name) => {
      const [, about = ""] = /^\/\*\*(.*?)\*\//s.exec(read(`tests/compat/scenarios/${name}`)) ?? [];
      const text = about.replaceAll(/\s*\n \*\s*/g, " ").trim();
      return `- [${name.replace(".test.mjs", "")}](../../tests/compat/scenarios/${name}): ${text}`;
    });
  return [
    "# `@tautline/ws` beside `ws`",
    "",
    "The reference is `ws` 8.23.0. Every row names a test that runs on both, `ws` and `@tautline/ws`; `npm test -- --only compat` runs " +
      "them. Generated from [the table](../../tests/compat/compatibility.ts), which is held against the names in the files and " +
      "typings of `ws`. How to switch: [Switch from ws](../how-to/switch-from-ws.md).",
    "",
    ...tables.flatMap((text) => [text, ""]),
    "## Packages that use `ws`",
    "",
    "Each is run with `ws`, and again with `@tautline/ws` put in its place by npm's `overrides`:",
    "",
    ...scenarios,
    "",
  ].join("\n");
}

test("the page about compatibility with ws says what the table says", async () => {
  const formatted = await format(page(), { parser: "markdown" });
  await expect(formatted).toMatchFileSnapshot("../../docs/reference/ws-compatibility.md");
});
