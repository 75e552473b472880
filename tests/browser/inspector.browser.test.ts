// The wire inspector in a real Chromium, in both languages: it dials the echo, takes handshake and frames apart, breaks a rule, and
// watches the chat of another window.
import type { Browser, Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { Program } from "../cli/program.ts";
import { accessibilityViolations } from "./accessibility.ts";
import { ChatWindow } from "./chat-window.ts";
import type { WindowOptions } from "./chat-window.ts";
import { launchChromium } from "./chromium.ts";

let browser: Browser;
let program: Program;
let origin = "";
let link = "";
const windows: ChatWindow[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  program = Program.tautline(["serve", "--port", "0"]);
  [link = "", origin = ""] = await program.printed(/(http:\/\/localhost:\d+)\/#token=\S+/u);
});

afterAll(async () => {
  await browser.close();
  await program.stop();
});

afterEach(() => Promise.all(windows.splice(0).map((window) => window.close())));

/** A window that has the console's token and stands at the inspector. */
async function openInspector(options: Omit<WindowOptions, "name"> = {}): Promise<ChatWindow> {
  const window = await ChatWindow.open(browser, origin, options);
  windows.push(window);
  await window.page.goto("about:blank");
  await window.page.goto(link);
  await window.page.locator("#name").waitFor();
  await window.page.goto(`${origin}/#/inspector`);
  await window.page.locator(".inspector").waitFor();
  return window;
}

const row = ({ page }: ChatWindow, kind: string, side?: "client" | "server"): Locator =>
  page.locator(`.row[data-kind="${kind}"]${side === undefined ? "" : `[data-side="${side}"]`}`);

/** Dials the echo of this server, and waits until it is open. */
async function dialEcho({ page }: ChatWindow): Promise<void> {
  await page.locator(".dial .chip").first().click();
  await page.locator('.phase[data-phase="open"]').waitFor();
}

const tab = ({ page }: ChatWindow, index: number): Promise<void> =>
  page.locator(".sender > .segments button").nth(index).click();

function expectQuiet({ complaints, foreignRequests }: ChatWindow): void {
  expect({ complaints, foreignRequests }).toEqual({ complaints: [], foreignRequests: [] });
}

const speakers = [
  { locale: "en-US", equal: "Equal: the server has understood", code: "Protocol error" },
  { locale: "zh-CN", equal: "相等：服务器看懂了请求", code: "协议错误" },
] as const;

describe.each(speakers)("the inspector ($locale)", ({ locale, equal, code }) => {
  it("shows the handshake with its accept key, joins fragments, times a ping", async () => {
    const window = await openInspector({ locale });
    const { page } = window;
    expect(await accessibilityViolations(page)).toEqual([]);
    await dialEcho(window);
    await page.locator(".accept .verdict", { hasText: equal }).waitFor();
    await page.locator(".head-line", { hasText: "Upgrade: websocket" }).first().hover();
    await expect
      .poll(() => page.locator(".head .explanation").first().textContent())
      .toContain("websocket");
    expect(await accessibilityViolations(page)).toEqual([]);

    await page.locator(".sender input[type=number]").fill("3");
    await page.locator(".sender .button.primary").click();
    await row(window, "text", "server").waitFor();
    await expect.poll(() => row(window, "text", "client").count()).toBe(3);
    await row(window, "text", "client").nth(2).click();
    await page.locator(".message-text", { hasText: "Hello, taut line!" }).waitFor();
    await expect.poll(() => page.locator(".fragments button").count()).toBe(3);
    await expect.poll(() => page.locator(".run[data-field=key]").count()).toBe(2);
    expect(await accessibilityViolations(page)).toEqual([]);

    await tab(window, 1);
    await page.locator(".sender .button.primary").click();
    await row(window, "ping-pong", "server").click();
    await expect.poll(() => page.locator(".partner").textContent()).toMatch(/\d ms|\d 毫秒/u);
    expectQuiet(window);
  });

  it("sends what breaks a rule, and explains the code that comes back", async () => {
    const window = await openInspector({ locale, colorScheme: "dark" });
    const { page } = window;
    await dialEcho(window);
    await tab(window, 4);
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.locator(".presets button").nth(3).click();
    await row(window, "close", "server").click();
    await page.locator(".close-facts", { hasText: "1002" }).waitFor();
    await expect.poll(() => page.locator(".close-facts").textContent()).toContain(code);
    await page.locator('.phase[data-phase="ended"]').waitFor();
    await row(window, "other", "client").click();
    await page.locator(".problems li").waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expectQuiet(window);
  });

  it("shows what is made by hand before it is sent", async () => {
    const window = await openInspector({ locale });
    const { page } = window;
    await dialEcho(window);
    await tab(window, 3);
    const rsv1 = page.locator(".sender .check", { hasText: "RSV1" }).locator("input");
    await rsv1.check();
    await expect
      .poll(() => page.locator(".sender .run[data-field=rsv1] .digits").textContent())
      .toBe("1");
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.locator(".sender .button.primary").click();
    await row(window, "close", "server").waitFor();
    expectQuiet(window);
  });

  it("watches the chat of another window as it goes on", async () => {
    const window = await openInspector({ locale });
    const { page } = window;
    const name = `Ada ${locale}`;
    const other = await ChatWindow.join(browser, origin, { name, room: `watched-${locale}` });
    windows.push(other);
    await page.locator(".inspector-head .segments button").nth(1).click();
    await page.locator(".connection button", { hasText: name }).click();
    await page.locator('.phase[data-phase="open"]').waitFor();
    await other.say("Who is watching?");
    await row(window, "text", "client").filter({ hasText: "Who is watching?" }).click();
    await page.locator(".message-text", { hasText: "Who is watching?" }).waitFor();
    await page.locator(".dump .wire").first().waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expectQuiet(window);
  });
});

describe("the inspector", () => {
  it("is reached from the chat, and watches that very chat", async () => {
    const window = await openInspector();
    const { page } = window;
    await page.goto(`${origin}/#/chat/own-line`);
    await page.locator("#name").fill("Grace");
    await page.keyboard.press("Enter");
    await window.whenConnected();
    await page.locator(".room-header a[href$='inspector/watch/own']").click();
    await page.locator(".connection[data-own] button[aria-pressed=true]").waitFor();
    await expect
      .poll(() => page.locator('.phase[data-phase="open"]').textContent())
      .toContain("/connection/");
    const other = await ChatWindow.join(browser, origin, { name: "Ada", room: "own-line" });
    windows.push(other);
    await other.say("To whom it may concern");
    await row(window, "text", "server").filter({ hasText: "To whom it may concern" }).waitFor();
    expectQuiet(window);
  });

  it("filters, clears and exports, and goes through the list by keyboard", async () => {
    const window = await openInspector();
    const { page } = window;
    await dialEcho(window);
    await page.locator(".sender .button.primary").click();
    await row(window, "text", "server").waitFor();
    await page.locator(".filters .segments button").nth(2).click();
    await expect.poll(() => row(window, "text", "client").count()).toBe(0);
    await page.locator(".filters .segments button").first().click();

    await page.getByRole("listbox").focus();
    await page.keyboard.press("End");
    await expect
      .poll(() => page.locator(".row[aria-selected=true]").getAttribute("data-side"))
      .toBe("server");
    await page.keyboard.press("ArrowUp");
    await expect
      .poll(() => page.locator(".row[aria-selected=true]").getAttribute("data-side"))
      .toBe("client");

    const saved = page.waitForEvent("download");
    await page.locator(".menu summary").click();
    await page.locator(".menu-items button").first().click();
    expect((await saved).suggestedFilename()).toBe("traffic.json");

    await page.locator(".tools button").nth(1).click();
    await row(window, "text", "server").waitFor({ state: "detached" });
    await expect.poll(() => row(window, "handshake").count()).toBe(1);
    expectQuiet(window);
  });

  it("says what to do about a host that may not be dialled", async () => {
    const window = await openInspector();
    const { page } = window;
    await page.locator(".address").fill("ws://192.0.2.1/");
    await page.keyboard.press("Enter");
    await row(window, "end").click();
    await expect
      .poll(() => page.locator(".ending").textContent())
      .toContain("--probe-host 192.0.2.1");
    expectQuiet(window);
  });

  it("fits a phone", async () => {
    const window = await openInspector({ locale: "zh-CN", viewport: { width: 360, height: 740 } });
    const { page } = window;
    await dialEcho(window);
    await page.locator(".sender .button.primary").click();
    await row(window, "text", "client").click();
    await page.locator(".run[data-field=key]").first().waitFor();
    const widest = await page
      .locator(".inspector")
      .evaluate((element) => element.scrollWidth - element.clientWidth);
    expect(widest).toBe(0);
    expect(await accessibilityViolations(page)).toEqual([]);
    expectQuiet(window);
  });
});
