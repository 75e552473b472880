// Takes the pictures of the documentation from the real page: node tests/browser/take-screenshots.mjs
// With names behind it (chat, notifications, game, …) those alone.
// Needs `npm run build` before. The letters are those installed on the machine; the pictures in the repository were
// taken with Inter and Noto Sans CJK.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";
import { serve } from "tautline";

import { takeUses } from "./use-screenshots.mjs";

const names = process.argv.slice(2);
const folder = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const viewport = { width: 1280, height: 760 };

/** Two people talk about a restart they have seen; a third one leaves in between. */
const before = [
  ["Ada", "Morning! I restarted the server just now. Did you notice?"],
  ["Grace", "The page said so before I did. It counted down and came back by itself."],
  ["Grace", "What I had typed went out right after."],
];
const after = [
  ["Ada", "Nothing to reload. 你好！"],
  ["Grace", "你好 Ada. Then let us keep this line taut."],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
});

/** Sharp, and with times as the English pages have them. */
function openContext(options) {
  return browser.newContext({ viewport, deviceScaleFactor: 2, locale: "en-GB", ...options });
}

async function openWindow(url, name, options) {
  const context = await openContext(options);
  await context.addInitScript(() => {
    localStorage.setItem("tautline.rooms", JSON.stringify(["lobby", "ropes-and-knots", "大厅"]));
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator("#name").fill(name);
  await page.locator("#name").press("Enter");
  await page.locator(".status[data-state=connected]").waitFor();
  return page;
}

async function talk(windows, lines) {
  for (const [name, text] of lines) {
    const page = windows.get(name);
    await page.locator(".composer textarea").fill(text);
    await page.keyboard.press("Enter");
    for (const other of windows.values()) {
      await other.locator(".message[data-status=sent]", { hasText: text }).waitFor();
    }
  }
}

/** A window of `name` shows the talk; the others are there to talk. */
async function takeChat(file, options) {
  const server = await serve({ port: 0 });
  const windows = new Map();
  windows.set("Grace", await openWindow(server.url, "Grace", options));
  windows.set("Ada", await openWindow(server.url, "Ada", options));
  const linus = await openWindow(server.url, "Linus", options);
  const page = windows.get("Grace");
  await page.locator("#people li").nth(2).waitFor();
  await talk(windows, before);
  await linus.close();
  await page.getByText(/Linus (left|离开)/u).waitFor();
  await talk(windows, after);
  await page.locator(".composer textarea").fill("");
  await page.screenshot({ path: `${folder}${file}` });
  for (const context of browser.contexts()) await context.close();
  await server.close();
}

/** A message in three fragments, a ping, and the frame in the middle taken apart. */
async function takeInspector(file, options) {
  const consoleToken = "only-for-this-picture";
  const server = await serve({ port: 0, consoleToken });
  const context = await openContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  await page.goto(`${server.url}/#token=${consoleToken}`);
  await page.locator("#name").waitFor();
  await page.goto(`${server.url}/#/inspector`);
  await page.locator(".dial .chip").first().click();
  await page.locator(".phase[data-phase=open]").waitFor();
  await page.locator(".sender input[type=number]").fill("3");
  await page.locator(".sender .button.primary").click();
  await page.locator(".row[data-side=server]").waitFor();
  await page.locator(".sender .segments button").nth(1).click();
  await page.locator(".sender .button.primary").click();
  await page.locator(".row[data-side=server]").nth(1).waitFor();
  await page.locator(".row[data-side=client]").nth(2).click();
  await page.locator(".dump-hex.wire span").nth(2).hover();
  await page.screenshot({ path: `${folder}${file}` });
  await context.close();
  await server.close();
}

/** A run of all ways side by side. */
async function takeLab(file, options) {
  const server = await serve({ port: 0 });
  const context = await openContext({ viewport: { width: 1360, height: 1280 }, ...options });
  const page = await context.newPage();
  await page.goto(`${server.url}/#/lab`);
  await page.locator(".lab-controls [type=submit]").click();
  await page.locator(".lab-progress[data-phase=done]").waitFor({ timeout: 60_000 });
  await page.locator("#content").evaluate((content) => content.scrollTo(0, 0));
  await page.screenshot({ path: `${folder}${file}` });
  await context.close();
  await server.close();
}

/** A minute of a server with people on it, as whoever runs it sees it. */
async function takeDashboard(file, options) {
  const consoleToken = "only-for-this-picture";
  const server = await serve({ port: 0, consoleToken });
  const windows = new Map();
  for (const name of ["Grace", "Ada", "Linus"]) {
    windows.set(name, await openWindow(server.url, name, options));
  }
  const context = await openContext({ viewport: { width: 1360, height: 1000 }, ...options });
  const page = await context.newPage();
  await page.goto(`${server.url}/#token=${consoleToken}`);
  await page.locator("#name").waitFor();
  await page.goto(`${server.url}/#/dashboard`);
  await page.locator(".dashboard-head [data-live=true]").waitFor();
  const end = Date.now() + 60_000;
  for (let count = 1; Date.now() < end; count += 1) {
    for (const [name, window] of windows) {
      await window.locator(".composer textarea").fill(`${name} says ${count}`);
      await window.keyboard.press("Enter");
    }
    await page.waitForTimeout(400 + 300 * (count % 5));
  }
  await page.screenshot({ path: `${folder}${file}` });
  for (const other of browser.contexts()) await other.close();
  await server.close();
}

await mkdir(folder, { recursive: true });
try {
  const wanted = (name) => names.length === 0 || names.includes(name);
  if (wanted("chat")) {
    await takeChat("chat.png", { colorScheme: "light" });
    await takeChat("chat-dark.png", { colorScheme: "dark" });
  }
  if (wanted("inspector")) await takeInspector("inspector.png", { colorScheme: "light" });
  if (wanted("lab")) await takeLab("lab.png", { colorScheme: "light" });
  if (wanted("dashboard")) await takeDashboard("dashboard.png", { colorScheme: "light" });
  await takeUses(browser, folder, names);
} finally {
  await browser.close();
}
