// The frame around the console's pages in a real Chromium: how its token comes in, and what axe has to say.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Program } from "../cli/program.ts";
import { accessibilityViolations } from "./accessibility.ts";
import { ChatWindow } from "./chat-window.ts";
import { launchChromium } from "./chromium.ts";

let browser: Browser;
let program: Program;
let origin = "";
let link = "";

beforeAll(async () => {
  browser = await launchChromium();
  program = Program.tautline(["serve", "--port", "0"]);
  [link = "", origin = ""] = await program.printed(/(http:\/\/localhost:\d+)\/#token=\S+/u);
});

afterAll(async () => {
  await browser.close();
  await program.stop();
});

describe("the console", () => {
  it("takes its token out of the address that the server printed, and keeps it", async () => {
    const window = await ChatWindow.open(browser, origin, { locale: "en-US" });
    const { page } = window;
    await page.goto("about:blank");
    await page.goto(link);
    await page.locator("#name").waitFor();
    expect(page.url()).toBe(`${origin}/#/`);
    const ask = async (): Promise<number> => {
      const token = await page.evaluate(() => localStorage.getItem("tautline.console-token"));
      const headers = { Authorization: `Bearer ${token}` };
      return (await fetch(`${origin}/console/access`, { headers })).status;
    };
    expect(await ask()).toBe(200);
    await page.reload();
    expect(await ask()).toBe(200);
    expect(window.complaints).toEqual([]);
    await window.close();
  });

  it("takes the token out of a link that is pasted into the open page, which stays where it was", async () => {
    const { page, ...window } = await ChatWindow.open(browser, origin, { locale: "en-US" });
    await page.goto(`${origin}/#/dashboard`);
    await page.locator("#console-token").waitFor();
    await page.goto(link);
    await page.locator(".dashboard").waitFor();
    expect(page.url()).toBe(`${origin}/#/dashboard`);
    expect(window.complaints).toEqual([]);
    await page.context().close();
  });

  it("says that a token is no longer good, and asks for another", async () => {
    const window = await ChatWindow.open(browser, origin, { locale: "en-US" });
    const { page } = window;
    await page.goto(`${origin}/#token=of-the-last-start`);
    await page.waitForURL(`${origin}/#/`);
    await page.goto(`${origin}/#/dashboard`);
    await page.locator("#console-token").waitFor();
    await expect
      .poll(() => page.locator(".problem").innerText())
      .toContain("does not take this token");
    await window.close();
  });

  it("does not take somebody who gives a name for a break of the line", async () => {
    const window = await ChatWindow.open(browser, origin, { locale: "en-US" });
    await window.page.goto(`${origin}/#/uses/quotes`);
    await window.whenConnected();
    await window.page.goto(`${origin}/#/chat`);
    await window.page.locator("#name").fill("Ada");
    await window.page.keyboard.press("Enter");
    await window.whenPeople("Ada");
    expect(await window.notice.count()).toBe(0);
    await window.close();
  });

  for (const locale of ["en-US", "zh-CN"]) {
    it(`gives the names of its pages the width of a phone (${locale})`, async () => {
      const viewport = { width: 360, height: 740 };
      const window = await ChatWindow.open(browser, origin, { locale, viewport });
      await window.page.locator("#name").waitFor();
      const names = await window.page.locator("nav.pages").boundingBox();
      expect(names?.width).toBeGreaterThan(300);
      await window.close();
    });
  }

  it("is small on its first load, and asks nobody else for anything", async () => {
    const page = await browser.newPage();
    const asked: string[] = [];
    let bytes = 0;
    page.on("response", (response) => {
      asked.push(new URL(response.url()).origin);
      bytes += Number(response.headers()["content-length"]);
    });
    await page.goto(origin, { waitUntil: "networkidle" });
    await page.locator("#name").waitFor();
    expect(new Set(asked)).toEqual(new Set([origin]));
    // As they travel, compressed.
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(100_000);
    await page.close();
  });

  for (const locale of ["en-US", "zh-CN"]) {
    it(`has a chat that axe finds nothing wrong with (${locale})`, async () => {
      const window = await ChatWindow.open(browser, origin, { locale });
      await window.page.locator("#name").waitFor();
      expect(await accessibilityViolations(window.page)).toEqual([]);
      await window.page.locator("#name").fill("Ada");
      await window.page.keyboard.press("Enter");
      await window.whenConnected();
      await window.say("Hello");
      await window.hears("Hello");
      expect(await accessibilityViolations(window.page)).toEqual([]);
      await window.close();
    });
  }
});
