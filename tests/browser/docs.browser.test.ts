// The site of the documentation in a real Chromium, as `tautline serve` offers it: in both languages, with its search, and under
// the same policy as the page.
import { existsSync, readdirSync, readFileSync } from "node:fs";

import { documentationDirectory } from "@tautline/console";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { startServer } from "../cli/program.ts";
import type { Program } from "../cli/program.ts";
import { accessibilityViolations } from "./accessibility.ts";
import { launchChromium } from "./chromium.ts";
import { DocsWindow } from "./docs-window.ts";
import type { ReaderOptions } from "./docs-window.ts";

let browser: Browser;
let server: Program;
let origin = "";
const windows: DocsWindow[] = [];

beforeAll(async () => {
  if (!existsSync(documentationDirectory)) {
    throw new Error("The documentation is not built. Run: npm run docs");
  }
  browser = await launchChromium();
  ({ program: server, origin } = await startServer());
});

afterEach(async () => {
  await Promise.all(windows.splice(0).map((window) => window.close()));
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function open(path: string, options?: ReaderOptions): Promise<DocsWindow> {
  const window = await DocsWindow.open(browser, `${origin}${path}`, options);
  windows.push(window);
  return window;
}

function expectQuiet({ complaints, foreignRequests }: DocsWindow): void {
  expect({ complaints, foreignRequests }).toEqual({ complaints: [], foreignRequests: [] });
}

const languages = [
  {
    language: "English",
    folder: "/docs",
    lang: "en",
    heading: "Documentation",
    chat: "Build a chat with history and presence",
    words: "presence",
    found: "See who is there",
  },
  {
    language: "Chinese",
    folder: "/docs/zh/",
    lang: "zh-CN",
    heading: "文档",
    chat: "做一个带历史记录和在线名单的聊天室",
    words: "历史记录",
    found: "做一个带历史记录和在线名单的聊天室",
  },
];

describe.each(languages)("the documentation in $language", (each) => {
  it("opens, and leads to its pages", async () => {
    const reader = await open(each.folder);
    const { page } = reader;
    expect(await page.locator("h1").first().textContent()).toContain(each.heading);
    expect(await page.locator("html").getAttribute("lang")).toBe(each.lang);
    await page.locator(".VPSidebar").getByRole("link", { name: each.chat }).click();
    await page.locator("h1", { hasText: each.chat }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/docs\/(?:zh\/)?tutorial\/chat\.html$/u);
    expectQuiet(reader);
  });

  it("finds words", async () => {
    const reader = await open(each.folder);
    const titles = await reader.search(each.words);
    expect(titles.join("\n")).toContain(each.found);
    expectQuiet(reader);
  });

  it.each([
    { colorScheme: "light", width: 1280 },
    { colorScheme: "dark", width: 1280 },
    { colorScheme: "light", width: 390 },
  ] as const)("is for everybody, $colorScheme, $width pixels wide", async (view) => {
    const address = `/docs/${each.lang === "en" ? "" : "zh/"}tutorial/chat.html`;
    const { colorScheme, width } = view;
    const reader = await open(address, { colorScheme, viewport: { width, height: 800 } });
    expect(await accessibilityViolations(reader.page)).toEqual([]);
    expectQuiet(reader);
  });
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
  expect(pages.size).toBeGreaterThan(50);
  expect(broken).toEqual([]);
});

it("changes the language of the page one reads", async () => {
  const reader = await open("/docs/how-to/publish.html");
  await reader.page.getByRole("button", { name: "Change language" }).hover();
  await reader.page.getByRole("link", { name: "简体中文" }).click();
  await reader.page.waitForURL("**/docs/zh/how-to/publish.html");
  expect(await reader.page.locator("html").getAttribute("lang")).toBe("zh-CN");
  expectQuiet(reader);
});
