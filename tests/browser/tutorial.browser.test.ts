// The chat of the tutorial, as its readers have it: the server by its command, the page by Vite, two people in Chromium.
import { fileURLToPath } from "node:url";

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createServer } from "vite";

import { Program } from "../cli/program.ts";
import { scratch } from "../scratch.ts";
import { launchChromium } from "./chromium.ts";

const folder = fileURLToPath(new URL("../../examples/chat/", import.meta.url));
const ends: (() => Promise<unknown>)[] = [];
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function startServer(port = "0") {
  const program = new Program([`${folder}server.mjs`], { PORT: port });
  ends.push(() => program.stop());
  const [url] = await program.printed(/\w+:\/\/localhost:\d+/u);
  return { program, port: new URL(url).port };
}

/** The page, at a free port unless one is given, in front of the hub at `port`. */
async function startPage(port: string, at = 0) {
  const vite = await createServer({
    root: folder,
    configFile: false,
    logLevel: "silent",
    cacheDir: scratch({}),
    server: {
      port: at,
      strictPort: true,
      host: "127.0.0.1",
      proxy: { "/connection": { target: `http://127.0.0.1:${port}`, ws: true } },
    },
  });
  ends.push(() => vite.close());
  await vite.listen();
  const url = vite.resolvedUrls!.local[0]!;
  return { url, at: Number(new URL(url).port), stop: () => vite.close() };
}

async function enter(url: string, name: string): Promise<Page> {
  const context = await browser.newContext();
  ends.push(() => context.close());
  const page = await context.newPage();
  await page.goto(`${url}?name=${name}`);
  return page;
}

const messages = (page: Page) => page.locator("#messages li").allTextContents();

describe("the chat of the tutorial", () => {
  it("shows who is there, what is said and what was said, once and in order", async () => {
    const { port } = await startServer();
    const { url } = await startPage(port);
    const ada = await enter(url, "Ada");
    await ada.getByText("Here as Ada").waitFor();
    const texts = Array.from({ length: 60 }, (_, index) => `message ${index + 1}`);
    for (const text of texts) {
      await ada.locator("#text").fill(text);
      await ada.keyboard.press("Enter");
    }
    await ada.getByText("Ada: message 60", { exact: true }).waitFor();
    const all = texts.map((text) => `Ada: ${text}`);
    await expect.poll(() => messages(ada)).toEqual(all);

    const grace = await enter(url, "Grace");
    await grace.getByText("Ada: message 60", { exact: true }).waitFor();
    await expect.poll(() => messages(grace)).toEqual(all.slice(10));
    await grace.getByRole("button", { name: "Earlier messages" }).click();
    await grace.getByText("Ada: message 1", { exact: true }).waitFor();
    await expect.poll(() => messages(grace)).toEqual(all);
    await expect
      .poll(() => grace.getByRole("button", { name: "Earlier messages" }).isVisible())
      .toBe(false);

    await ada.locator("#people li", { hasText: "Grace" }).waitFor();
    await grace.close();
    await ada.locator("#people li", { hasText: "Grace" }).waitFor({ state: "detached" });
  });

  it("catches up after the line was down", async () => {
    const { port } = await startServer();
    const page = await startPage(port);
    // What Grace's connection goes through.
    const line = await startPage(port);
    const ada = await enter(page.url, "Ada");
    const grace = await enter(line.url, "Grace");
    await ada.locator("#people li", { hasText: "Grace" }).waitFor();
    await line.stop();
    await grace.getByText("connecting").waitFor();
    for (const text of ["one", "two", "three"]) {
      await ada.locator("#text").fill(text);
      await ada.keyboard.press("Enter");
    }
    await ada.getByText("Ada: three").waitFor();
    await startPage(port, line.at);
    await grace.getByText("Ada: three").waitFor();
    await expect.poll(() => messages(grace)).toEqual(["Ada: one", "Ada: two", "Ada: three"]);
  });

  it("lets nobody in without a name, and says why", async () => {
    const { port } = await startServer();
    const { url } = await startPage(port);
    const nobody = await enter(url, "%20");
    const status = nobody.getByText("a name of 1 to 40 characters, please");
    await status.waitFor();
    await expect.poll(() => status.textContent()).toMatch(/\bdisconnected\b/);
  });
});
