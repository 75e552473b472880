// The dashboard in a real Chromium, in both languages: it shows a client, publishes to it, and disconnects it.
import { Client } from "@tautline/client";
import type { Browser } from "playwright-core";
import type { TautlineServer } from "tautline";
import { serve } from "tautline";
import { WebSocket } from "ws";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { accessibilityViolations } from "./accessibility.ts";
import { ChatWindow } from "./chat-window.ts";
import { launchChromium } from "./chromium.ts";

const consoleToken = "a-token-of-some-length";

let browser: Browser;
let server: TautlineServer;
const windows: ChatWindow[] = [];
const clients: Client[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  server = await serve({
    port: 0,
    consoleToken,
    hooks: { connect: ({ data }) => ({ user: typeof data === "string" ? data : "" }) },
  });
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

afterEach(async () => {
  await Promise.all(windows.splice(0).map((window) => window.close()));
  await Promise.all(clients.splice(0).map((client) => client.disconnect()));
});

async function open(options: Parameters<typeof ChatWindow.open>[2] = {}): Promise<ChatWindow> {
  const window = await ChatWindow.open(browser, server.url, options);
  windows.push(window);
  await window.page.goto("about:blank");
  await window.page.goto(`${server.url}/#token=${consoleToken}`);
  await window.page.locator("#name").waitFor();
  await window.page.goto(`${server.url}/#/dashboard`);
  await window.page.locator(".dashboard-head [data-live=true]").waitFor();
  return window;
}

async function client(user: string): Promise<Client> {
  const url = `${server.url}/connection/websocket`;
  const made = new Client(url, { webSocket: WebSocket, data: user, name: user });
  clients.push(made);
  await made.connect();
  return made;
}

describe("the dashboard", () => {
  it("shows a client, publishes to its channel, and disconnects it for good", async () => {
    const ada = await client("ada");
    const ropes = ada.subscribe("ropes");
    await ropes.ready();
    const heard = new Promise((resolve) => ropes.onPublication(({ data }) => resolve(data)));
    const window = await open({ locale: "en-US" });
    const { page } = window;
    await page.locator("[data-client]", { hasText: "ada" }).waitFor();
    await page.locator("[data-channel=ropes]").waitFor();

    await page.locator("#dashboard-channel").fill("ropes");
    await page.locator("#dashboard-data").fill('{ "text": "from the dashboard" }');
    await page.locator(".dashboard-publish [type=submit]").click();
    expect(await heard).toEqual({ text: "from the dashboard" });
    await page.getByText(/^Published[.,]/u).waitFor();

    const ended = new Promise((resolve) => ada.onStateChange(resolve));
    await page.getByRole("button", { name: /^Disconnect ada/u }).click();
    expect(await ended).toMatchObject({ state: "disconnected", code: 3503 });
    await page.locator("[data-client]", { hasText: "ada" }).waitFor({ state: "detached" });
    expect(window.complaints).toEqual([]);
    expect(window.foreignRequests).toEqual([]);
  });

  it("disconnects a client with a code after which it comes back", async () => {
    const bob = await client("bob");
    const states: string[] = [];
    const back = new Promise<void>((resolve) => {
      bob.onStateChange(({ state }) => {
        states.push(state);
        if (state === "connected") resolve();
      });
    });
    const { page } = await open({ locale: "zh-CN" });
    await page.getByRole("combobox", { name: "断开" }).selectOption("3001");
    await page.getByRole("button", { name: /^断开 bob/u }).click();
    await back;
    expect(states.at(-1)).toBe("connected");
  });

  it("asks for the token", async () => {
    const window = await ChatWindow.open(browser, server.url, {});
    windows.push(window);
    await window.page.goto(`${server.url}/#/dashboard`);
    await window.page.locator("#console-token").fill(consoleToken);
    await window.page.keyboard.press("Enter");
    await window.page.locator(".dashboard-head [data-live=true]").waitFor();
    await expect.poll(() => window.page.locator(".dashboard-tiles dd").count()).toBe(8);
  });

  for (const [locale, colorScheme] of [
    ["en-US", "light"],
    ["zh-CN", "dark"],
  ] as const) {
    it(`is found in order by axe on a phone (${locale}, ${colorScheme})`, async () => {
      await client("eve");
      const viewport = { width: 360, height: 740 };
      const { page } = await open({ locale, colorScheme, viewport });
      await page.locator("[data-client]").first().waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
    });
  }
});
