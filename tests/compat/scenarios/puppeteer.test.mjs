/** puppeteer-core drives Chromium over the DevTools protocol, which is a WebSocket with large and many messages. */
import assert from "node:assert/strict";
import { test } from "node:test";

import puppeteer from "puppeteer-core";

const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

test("puppeteer-core: pages, answers of megabytes, screenshots, and the end", async (t) => {
  const browser = await puppeteer.launch({ executablePath, args, pipe: false });
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.setContent("<h1>taut</h1>");
  assert.equal(await page.$eval("h1", (element) => element.textContent), "taut");
  const large = await page.evaluate(() => "ä".repeat(2_000_000));
  assert.equal(large.length, 2_000_000);
  await page.evaluate((text) => document.body.append(text), "x".repeat(1_000_000));
  const image = await page.screenshot();
  assert.deepEqual(
    [...image.subarray(1, 4)].map((code) => String.fromCharCode(code)).join(""),
    "PNG",
  );
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => page.evaluate((value) => value * 2, n)),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 200 }, (_, n) => n * 2),
  );
});

test("puppeteer-core: a second connection to the same browser, and its disconnection", async (t) => {
  const browser = await puppeteer.launch({ executablePath, args, pipe: false });
  t.after(() => browser.close());
  const second = await puppeteer.connect({ browserWSEndpoint: browser.wsEndpoint() });
  assert.match(await second.version(), /Chrom/);
  const gone = new Promise((resolve) => second.once("disconnected", resolve));
  await second.disconnect();
  await gone;
  assert.equal(browser.connected, true);
});
