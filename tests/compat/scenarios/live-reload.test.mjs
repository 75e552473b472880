/** The livereload server, which stands on ws, makes a page in Chromium follow an edit of a file. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import puppeteer from "puppeteer-core";

const livereload = createRequire(import.meta.url)("livereload");
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

test("livereload: a file edit reaches the page", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "tautline-livereload-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const page = join(folder, "index.html");
  const web = createServer((_request, response) => {
    response.setHeader("Content-Type", "text/html").end(readFileSync(page));
  }).listen(0, "127.0.0.1");
  await once(web, "listening");
  t.after(() => web.close());

  // The port comes from the system, which livereload's own default of a fixed one does not foresee.
  const http = createServer().listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address();
  http.close();
  await once(http, "close");
  const reloading = livereload.createServer({ port, bind: "127.0.0.1" });
  t.after(() => reloading.close());
  const script = `http://127.0.0.1:${port}/livereload.js?snipver=1`;
  writeFileSync(page, `<h1>before</h1><script src="${script}"></script>`);
  reloading.watch(folder);
  await once(reloading.watcher, "ready");

  const browser = await puppeteer.launch({ executablePath, args });
  t.after(() => browser.close());
  const tab = await browser.newPage();
  const greeted = new Promise((resolve) => {
    reloading.server.on("connection", (socket) => socket.once("message", resolve));
  });
  await tab.goto(`http://127.0.0.1:${web.address().port}`);
  await greeted;
  writeFileSync(page, `<h1>after</h1><script src="${script}"></script>`);
  await tab.waitForFunction(() => document.querySelector("h1")?.textContent === "after");
  assert.equal(await tab.$eval("h1", (element) => element.textContent), "after");
});
