// The comparison lab in a real Chromium: a run of all six transports, in both languages, and what can be taken away from it.
import { readFile } from "node:fs/promises";

import type { Browser, Page } from "playwright-core";
import type { TautlineServer } from "tautline";
import { serve } from "tautline";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { accessibilityViolations } from "./accessibility.ts";
import { ChatWindow } from "./chat-window.ts";
import { launchChromium } from "./chromium.ts";

let browser: Browser;
let server: TautlineServer;
const windows: ChatWindow[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  server = await serve({ port: 0 });
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

afterEach(async () => {
  await Promise.all(windows.splice(0).map((window) => window.close()));
});

type OpenOptions = Parameters<typeof ChatWindow.open>[2];

async function open(options: OpenOptions = {}): Promise<ChatWindow> {
  const window = await ChatWindow.open(browser, server.url, options);
  windows.push(window);
  await window.page.goto(`${server.url}/#/lab`);
  await window.page.locator(".lab-controls").waitFor();
  return window;
}

/** Moves a slider to the stop at this index, as the arrow keys would. */
async function slide(page: Page, name: string, stop: number): Promise<void> {
  await page.locator(`#lab-${name}`).fill(String(stop));
}

const begin = (page: Page): Promise<void> => page.locator(".lab-controls [type=submit]").click();

async function whenDone(page: Page): Promise<void> {
  await page.locator(".lab-progress[data-phase=done]").waitFor();
}

interface Figures {
  readonly transport: string;
  readonly created: number;
  readonly delivered: number;
  readonly medianMs: number;
  readonly requests: number;
  readonly bytesFromBrowser: number;
  readonly bytesToBrowser: number;
  readonly serverCpuMs?: number;
}

/** What a click on the button saves. */
async function saved(page: Page, button: string): Promise<{ name: string; text: string }> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: button }).click();
  const file = await download;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

async function figuresOf(page: Page, button = "Save JSON"): Promise<ReadonlyMap<string, Figures>> {
  const { text } = await saved(page, button);
  const { transports } = JSON.parse(text) as { transports: readonly Figures[] };
  return new Map(transports.map((figures) => [figures.transport, figures]));
}

const all = [
  "short-polling",
  "long-polling",
  "sse",
  "http-stream",
  "websocket",
  "websocket-deflate",
];

describe("the comparison lab", () => {
  it("delivers one stream of updates in six ways, and counts what each of them takes", async () => {
    const window = await open({ locale: "en-GB" });
    const { page } = window;
    await slide(page, "payloadBytes", 3);
    await slide(page, "seconds", 0);
    await begin(page);
    await whenDone(page);
    const figures = await figuresOf(page);
    expect([...figures.keys()]).toEqual(all);
    const payload = 1024;
    for (const figure of figures.values()) {
      expect(figure).toMatchObject({ created: 15, delivered: 15 });
      expect(figure.medianMs).toBeGreaterThan(0);
      expect(figure.bytesFromBrowser).toBeGreaterThan(100);
      if (figure.transport === "websocket-deflate") continue;
      expect(figure.bytesToBrowser).toBeGreaterThan(15 * payload);
    }
    const of = (transport: string): Figures => figures.get(transport) as Figures;
    // The request that opens a stream is its only one; polls are many.
    const opened = ["sse", "http-stream", "websocket", "websocket-deflate"];
    expect(opened.map((one) => of(one).requests)).toEqual([1, 1, 1, 1]);
    expect(of("short-polling").requests).toBeGreaterThan(1);
    expect(of("long-polling").requests).toBeGreaterThan(1);
    expect(of("long-polling").bytesFromBrowser).toBeGreaterThan(of("sse").bytesFromBrowser);
    expect(of("sse").bytesToBrowser).toBeGreaterThan(of("http-stream").bytesToBrowser);
    expect(of("websocket-deflate").bytesToBrowser).toBeLessThan(of("websocket").bytesToBrowser);

    const csv = await saved(page, "Save CSV");
    expect(csv.name).toBe("tautline-lab.csv");
    expect(csv.text.trimEnd().split("\r\n")).toHaveLength(all.length + 1);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy table" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const pasted = await page.evaluate(() => navigator.clipboard.readText());
    expect(pasted.split("\r\n")[0]?.split("\t")[0]).toBe("transport");
    expect(window.complaints).toEqual([]);
    expect(window.foreignRequests).toEqual([]);
  });

  it("runs them one by one to tell what each costs the server, in Chinese", async () => {
    const window = await open({ locale: "zh-CN" });
    const { page } = window;
    await slide(page, "seconds", 0);
    await slide(page, "pollMs", 0);
    await slide(page, "delayMs", 0);
    await page.getByRole("button", { name: "逐个" }).click();
    await begin(page);
    await page.getByText("当前：SSE 事件流。").waitFor();
    await whenDone(page);
    const figures = await figuresOf(page, "保存 JSON");
    for (const figure of figures.values()) {
      expect(figure).toMatchObject({ created: 15, delivered: 15 });
      expect(figure.serverCpuMs).toBeGreaterThanOrEqual(0);
    }
    expect(window.complaints).toEqual([]);
  });

  it("stops when told to, and starts again", async () => {
    const { page } = await open();
    await begin(page);
    await page.locator(".lab-progress[data-phase=running]").waitFor();
    await expect.poll(() => page.locator("#lab-rate").isDisabled()).toBe(true);
    await begin(page);
    await page.locator(".lab-progress[data-phase=stopped]").waitFor();
    await slide(page, "seconds", 0);
    await begin(page);
    await whenDone(page);
  });

  it("leaves nothing running when its page is left", async () => {
    const { page } = await open();
    await begin(page);
    await page.locator(".lab-progress[data-phase=running]").waitFor();
    await page.goto(`${server.url}/#/chat`);
    await page.locator("#name").waitFor();
    // More runs than a server allows at once can be had, so none of those before is left.
    for (let run = 0; run < 5; run += 1) {
      await page.goto(`${server.url}/#/lab`);
      await begin(page);
      await page.locator(".lab-progress:is([data-phase=running], [data-phase=failed])").waitFor();
      await expect
        .poll(() => page.locator(".lab-progress").getAttribute("data-phase"))
        .toBe("running");
      await page.goto(`${server.url}/#/chat`);
      await page.locator("#name").waitFor();
    }
  });

  for (const [locale, colorScheme] of [
    ["en-US", "light"],
    ["zh-CN", "dark"],
  ] as const) {
    it(`is found in order by axe (${locale}, ${colorScheme}), and fits a phone`, async () => {
      const viewport = { width: 360, height: 740 };
      const { page } = await open({ locale, colorScheme, viewport });
      await slide(page, "seconds", 0);
      await begin(page);
      await page.locator(".lab-progress[data-phase=running]").waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await whenDone(page);
      expect(await accessibilityViolations(page)).toEqual([]);
      const width = await page.evaluate(() => document.querySelector(".lab")?.scrollWidth);
      expect(width).toBe(viewport.width);
    });
  }

  it("can be used by keyboard alone", async () => {
    const { page } = await open();
    await page.locator("#lab-seconds").focus();
    for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowLeft");
    await expect.poll(() => page.locator("output[for=lab-seconds]").textContent()).toBe("3 s");
    await page.locator(".lab-controls [type=submit]").focus();
    await page.keyboard.press("Enter");
    await page.locator(".lab-progress[data-phase=running]").waitFor();
  });
});
