// Every page of the documentation's site, in one window for each language: what a program can check of accessibility, no scrolling
// sideways on a phone, and links that lead somewhere. Colours are the same on all of them; docs.browser.test.ts looks at those.
import { existsSync, readdirSync, readFileSync } from "node:fs";

import { documentationDirectory } from "@tautline/console";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";

import { startServer } from "../cli/program.ts";
import type { Program } from "../cli/program.ts";
import { accessibilityViolations } from "./accessibility.ts";
import { launchChromium } from "./chromium.ts";
import { DocsWindow } from "./docs-window.ts";

let browser: Browser;
let server: Program;
let origin = "";

beforeAll(async () => {
  if (!existsSync(documentationDirectory)) {
    throw new Error("The documentation is not built. Run: npm run docs");
  }
  browser = await launchChromium();
  ({ program: server, origin } = await startServer());
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** The built pages by the addresses they have. */
function builtPages(): ReadonlyMap<string, string> {
  const names = readdirSync(documentationDirectory, { recursive: true, encoding: "utf8" });
  const pages = names
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".html"));
  return new Map(
    pages.map((name) => [
      `/docs/${name}`,
      readFileSync(new URL(name, documentationDirectory), "utf8"),
    ]),
  );
}

it("has no link that leads nowhere", () => {
  const pages = builtPages();
  const broken: string[] = [];
  for (const [address, html] of pages) {
    for (const [, link = ""] of html.matchAll(/<a [^>]*?href="([^"]*)"/gu)) {
      if (/^(?:https?:|mailto:)/u.test(link) || link === "/") continue;
      const { pathname, hash } = new URL(link, `http://site${address}`);
      const target = pathname.replace(/\/$/u, "/index.html");
      const page = pages.get(target);
      const file = target.slice("/docs/".length);
      const isThere = page !== undefined || existsSync(new URL(file, documentationDirectory));
      const name = decodeURIComponent(hash.slice(1));
      const isNamed = name === "" || page?.includes(`id="${name}"`) === true;
      if (!isThere || !isNamed) broken.push(`${address}: ${link}`);
    }
  }
  expect(pages.size).toBeGreaterThan(100);
  expect(broken).toEqual([]);
});

// What is not translated stands on the Chinese site as it is on the English one.
it.each([
  { language: "English", home: "/docs/index.html", ofIt: /^\/docs\/(?!zh\/|404)/u },
  {
    language: "Chinese",
    home: "/docs/zh/index.html",
    ofIt: /^\/docs\/zh\/(?!reference|decisions)/,
  },
])(
  "is for everybody on every page, and fits a phone, in $language",
  async ({ home, ofIt }) => {
    const paths = [...builtPages().keys()].filter((path) => ofIt.test(path));
    expect(paths.length).toBeGreaterThan(40);
    const view = { viewport: { width: 390, height: 800 } };
    const reader = await DocsWindow.open(browser, `${origin}${home}`, view);
    const found: unknown[] = [];
    for (const path of paths) {
      await reader.turnTo(path);
      const scope = { within: "main", without: ["color-contrast"] };
      const violations = await accessibilityViolations(reader.page, scope);
      const outside = await reader.outside();
      if (violations.length > 0 || outside.length > 0) found.push({ path, violations, outside });
    }
    expect(found).toEqual([]);
    expect(reader.complaints).toEqual([]);
    expect(reader.foreignRequests).toEqual([]);
    await reader.close();
    // A hundred pages, on machines that have other things to do as well.
  },
  240_000,
);
