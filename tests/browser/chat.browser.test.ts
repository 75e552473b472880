// The chat in a real Chromium: two windows and a Node client talk, in two languages, and survive a killed server.
import { Client } from "@tautline/client";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";

import { startServer } from "../cli/program.ts";
import type { Program } from "../cli/program.ts";
import { ChatWindow } from "./chat-window.ts";
import type { WindowOptions } from "./chat-window.ts";
import { launchChromium } from "./chromium.ts";

let browser: Browser;
const windows: ChatWindow[] = [];
const programs: Program[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

afterEach(async () => {
  await Promise.all(windows.splice(0).map((window) => window.close()));
  await Promise.all(programs.splice(0).map((program) => program.stop()));
});

async function serve(args?: readonly string[]) {
  const started = await startServer(args);
  programs.push(started.program);
  return started;
}

async function join(origin: string, options: WindowOptions): Promise<ChatWindow> {
  const window = await ChatWindow.join(browser, origin, options);
  windows.push(window);
  return window;
}

/** Nothing was complained about, and nobody else was asked for anything. */
function expectQuiet(...quiet: readonly ChatWindow[]): void {
  for (const { complaints, foreignRequests } of quiet) {
    expect({ complaints, foreignRequests }).toEqual({ complaints: [], foreignRequests: [] });
  }
}

describe("the chat page", () => {
  it("carries messages between two windows and a Node client, and shows who is there", async () => {
    const { origin } = await serve();
    const ada = await join(origin, { name: "Ada" });
    const grace = await join(origin, { name: "Grace" });
    await ada.whenPeople("Ada", "Grace");
    await grace.whenPeople("Ada", "Grace");

    const node = new Client(`${origin}/connection/websocket`, {
      webSocket: WebSocket,
      data: { name: "Node" },
    });
    const room = node.subscribe<{ text: string }>("chat");
    const heard: string[] = [];
    const heardBoth = new Promise<void>((resolve) => {
      room.onPublication(({ data }) => {
        heard.push(data.text);
        if (heard.length === 3) resolve();
      });
    });
    await node.connect();
    await room.ready();
    await ada.whenPeople("Node");

    await ada.say("Hello from Ada");
    await grace.hears("Hello from Ada");
    await ada.hears("Hello from Ada");
    await grace.say("Hello from Grace\u0021");
    await ada.hears("Hello from Grace!");
    await room.publish({ text: "Hello from Node" });
    await ada.hears("Hello from Node");
    await grace.hears("Hello from Node");
    await heardBoth;
    expect(heard).toEqual(["Hello from Ada", "Hello from Grace!", "Hello from Node"]);
    await expect.poll(() => grace.message("Hello from Ada").count()).toBe(1);
    await expect.poll(() => ada.message("Hello from Ada").count()).toBe(1);

    await node.disconnect();
    await ada.people.filter({ hasText: "Node" }).waitFor({ state: "detached" });
    await ada.log.getByText("Node left").waitFor();
    await grace.close();
    await ada.people.filter({ hasText: "Grace" }).waitFor({ state: "detached" });
    expectQuiet(ada, grace);
  });

  it("keeps rooms apart, each under its address", async () => {
    const { origin } = await serve();
    const ada = await join(origin, { name: "Ada", room: "ropes" });
    const grace = await join(origin, { name: "Grace", room: "大厅" });
    await ada.say("Only in ropes");
    await ada.hears("Only in ropes");
    await grace.say("只在大厅");
    await grace.hears("只在大厅");
    expect(await grace.message("Only in ropes").count()).toBe(0);

    await ada.page.getByPlaceholder("Open a room").fill("大厅");
    await ada.page.keyboard.press("Enter");
    await ada.whenPeople("Ada", "Grace");
    await ada.say("Now here");
    await grace.hears("Now here");
    expect(decodeURIComponent(ada.page.url())).toBe(`${origin}/#/chat/大厅`);

    // What comes into the room that is not looked at is counted.
    const linus = await join(origin, { name: "Linus", room: "ropes" });
    await linus.say("Anybody?");
    await ada.page.locator(".unread", { hasText: "1" }).waitFor();
    await expect
      .poll(() => ada.page.locator(".rooms li", { hasText: "ropes" }).textContent())
      .toMatch(/1 new message/u);

    // Back in the first room, what was said there is still there, and so is what came in.
    await ada.page.goBack();
    await ada.hears("Only in ropes");
    await ada.hears("Anybody?");
    await ada.page.locator(".unread").waitFor({ state: "detached" });
    expectQuiet(ada, grace, linus);
  });

  it("remembers the name, and counts one person with two windows once", async () => {
    const { origin } = await serve();
    const ada = await join(origin, { name: "Ada" });
    const second = await ChatWindow.open(browser, origin, { sharing: ada });
    await second.whenConnected();
    await ada.people.filter({ hasText: "2 windows" }).waitFor();
    await expect.poll(() => ada.people.count()).toBe(1);

    await second.page.getByRole("button", { name: "Change name" }).click();
    await second.page.locator("#name").fill("Countess");
    await second.page.locator("#name").press("Enter");
    await ada.whenPeople("Countess", "Ada");
    await second.say("It is still me");
    await ada.message("It is still me").getByText("Countess").waitFor();
    expectQuiet(ada, second);
  });

  it("comes back by itself when the server was killed, says so, and sends what waited", async () => {
    const first = await serve();
    const ada = await join(first.origin, { name: "Ada" });
    const grace = await join(first.origin, { name: "Grace" });
    await ada.say("Before");
    await grace.hears("Before");

    await first.program.stop();
    await ada.notice.filter({ hasText: "The line to the server is down" }).waitFor();
    await ada.page.locator(".status[data-state=reconnecting]").waitFor();
    await ada.say("While it was down");
    await ada.message("While it was down").getByText("Waiting for the line").waitFor();

    await serve(["--port", String(first.port)]);
    await ada.notice.filter({ hasText: /^Reconnected after \d+ seconds?\./u }).waitFor();
    await grace.notice.filter({ hasText: /^Reconnected after \d+ seconds?\./u }).waitFor();
    await ada.hears("While it was down");
    await expect.poll(() => ada.message("While it was down").count()).toBe(1);
    await ada.whenPeople("Ada", "Grace");
    await grace.whenPeople("Ada", "Grace");
    await grace.log.getByText(/Messages of others from that time may be missing/u).waitFor();

    await grace.say("After");
    await ada.hears("After");
    // The browser itself complains about each attempt that failed; the page about nothing.
    const complaints = [...ada.complaints, ...grace.complaints];
    expect(complaints.filter((text) => !text.startsWith("WebSocket connection to"))).toEqual([]);
  });

  it("speaks Chinese in a Chinese browser, and English at a click", async () => {
    const { origin } = await serve();
    const ming = await join(origin, { name: "小明", locale: "zh-CN" });
    await ming.page.getByRole("navigation", { name: "房间" }).waitFor();
    await expect.poll(() => ming.status.textContent()).toBe("已连接");
    await expect.poll(() => ming.page.locator("html").getAttribute("lang")).toBe("zh-Hans");
    await ming.page.getByPlaceholder("在 #lobby 发消息").fill("你好，世界");
    await ming.page.getByRole("button", { name: "发送" }).click();
    await ming.hears("你好，世界");

    await ming.page.getByRole("button", { name: "English" }).click();
    await ming.page.getByRole("navigation", { name: "Rooms" }).waitFor();
    await ming.page.reload();
    await ming.whenConnected();
    await expect.poll(() => ming.status.textContent()).toBe("Connected");
    await expect.poll(() => ming.page.locator("html").getAttribute("lang")).toBe("en");
    expectQuiet(ming);
  });

  it("does not send the Enter that picks a candidate of an input method", async () => {
    const { origin } = await serve();
    const ming = await join(origin, { name: "小明" });
    const field = ming.page.locator(".composer textarea");
    await field.fill("ni");
    await field.dispatchEvent("keydown", { key: "Enter", isComposing: true });
    await expect.poll(() => field.inputValue()).toBe("ni");
    await field.press("Shift+Enter");
    await expect.poll(() => field.inputValue()).toBe("ni\n");
    await field.press("Enter");
    await expect.poll(() => field.inputValue()).toBe("");
    await ming.hears("ni");
  });

  it("can be used by keyboard alone, and fits a phone", async () => {
    const { origin } = await serve();
    const viewport = { width: 390, height: 780 };
    const ada = await join(origin, { name: "Ada", viewport });
    const width = await ada.page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBe(viewport.width);
    await ada.page.keyboard.type("typed without a click");
    await ada.page.keyboard.press("Enter");
    await ada.hears("typed without a click");
    const people = ada.page.getByRole("button", { name: /People here/u });
    await people.focus();
    await ada.page.keyboard.press("Enter");
    await ada.people.filter({ hasText: "Ada" }).waitFor({ state: "visible" });
    expectQuiet(ada);
  });

  it("shows what peers send as text, whatever it is", async () => {
    const { origin } = await serve();
    const ada = await join(origin, { name: "Ada" });
    const mallory = new Client(`${origin}/connection/websocket`, {
      webSocket: WebSocket,
      data: { name: "<b>\u202eM</b>" },
    });
    await mallory.connect();
    const room = mallory.subscribe("chat");
    await room.ready();
    for (const data of [7, null, { text: 7 }, { text: "" }, "text", ["text"]]) {
      await room.publish(data);
    }
    await room.publish({ text: "<img src=x onerror=alert(1)>", id: "x" });
    await room.publish({ text: "another under the same id", id: "x" });
    await room.publish({ text: "the end" });
    await ada.hears("the end");
    await expect.poll(() => ada.page.locator(".message").count()).toBe(2);
    await expect.poll(() => ada.message("<img src=x onerror=alert(1)>").count()).toBe(1);
    await expect.poll(() => ada.people.filter({ hasText: "<b>M</b>" }).count()).toBe(1);
    await mallory.disconnect();
    expectQuiet(ada);
  });
});
