// The site of the documentation in a real Chromium, as `tautline serve` offers it: in both languages, with its search, and under
// the same policy as the page.
import { existsSync } from "node:fs";

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
    await expect.poll(() => page.locator("h1").first().textContent()).toContain(each.heading);
    await expect.poll(() => page.locator("html").getAttribute("lang")).toBe(each.lang);
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

  // One of each kind: code, a diagram, tables, lists of links.
  it.each([
    { path: "tutorial/chat", colorScheme: "light", width: 1280 },
    { path: "tutorial/chat", colorScheme: "dark", width: 1280 },
    { path: "tutorial/chat", colorScheme: "light", width: 390 },
    { path: "how-to/authenticate", colorScheme: "dark", width: 390 },
    { path: "explanation/delivery-guarantees", colorScheme: "light", width: 390 },
    { path: "index", colorScheme: "dark", width: 1280 },
  ] as const)("$path is for everybody, $colorScheme, $width pixels wide", async (view) => {
    const { path, colorScheme, width } = view;
    const address = `/docs/${each.lang === "en" ? "" : "zh/"}${path}.html`;
    const reader = await open(address, { colorScheme, viewport: { width, height: 800 } });
    expect(await accessibilityViolations(reader.page)).toEqual([]);
    expectQuiet(reader);
  });

  it("draws diagrams, and says what they show", async () => {
    const address = `/docs/${each.lang === "en" ? "" : "zh/"}how-to/authenticate.html`;
    const reader = await open(address);
    const diagram = reader.page.locator("figure.diagram");
    const drawing = await diagram.locator("svg").boundingBox();
    expect(drawing?.width).toBeGreaterThan(500);
    await expect
      .poll(() => diagram.locator("figcaption li").allTextContents())
      .toContain("page to hub: connect, with the token");
    // A line in the reader's colours, which are not those of the drawing's author.
    const stroke = await reader.page.evaluate(
      'getComputedStyle(document.querySelector(".diagram .message line")).stroke',
    );
    expect(stroke).toMatch(/^rgb/u);
    expectQuiet(reader);
  });
});

it("has a page that stands where there is none, in the reader's language", async () => {
  const reader = await open("/docs/zh/how-to/none.html");
  await expect.poll(() => reader.page.locator("main h1").textContent()).toBe("没有这个页面");
  expect(await accessibilityViolations(reader.page)).toEqual([]);
  expect(reader.complaints.filter((text) => !text.includes("404"))).toEqual([]);
  await reader.page.locator("main a").click();
  await reader.page.waitForURL("**/docs/zh/");
});

it("changes the language of the page one reads", async () => {
  const reader = await open("/docs/how-to/publish.html");
  await reader.page.getByRole("button", { name: "Change language" }).hover();
  await reader.page.getByRole("link", { name: "简体中文" }).click();
  await reader.page.waitForURL("**/docs/zh/how-to/publish.html");
  await expect.poll(() => reader.page.locator("html").getAttribute("lang")).toBe("zh-CN");
  expectQuiet(reader);
});
