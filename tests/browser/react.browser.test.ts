// The example in React, as its readers have it: beside the page that the server serves, in the same room.
import { fileURLToPath } from "node:url";

import { serve } from "tautline";
import { createServer } from "vite";
import { expect, it, onTestFinished } from "vitest";

import { scratch } from "../scratch.ts";
import { ChatWindow } from "./chat-window.ts";
import { launchChromium } from "./chromium.ts";

const folder = fileURLToPath(new URL("../../examples/react/", import.meta.url));

/** The example's page in front of a server, as its `vite.config.mjs` has it. */
async function startPage(port: number): Promise<string> {
  const vite = await createServer({
    root: folder,
    configFile: false,
    logLevel: "silent",
    cacheDir: scratch({}),
    server: {
      port: 0,
      host: "127.0.0.1",
      proxy: { "/connection": { target: `http://127.0.0.1:${port}`, ws: true } },
    },
  });
  onTestFinished(() => vite.close());
  await vite.listen();
  return vite.resolvedUrls!.local[0]!;
}

it("talks with the page, and shows who is there", async () => {
  const server = await serve({ port: 0 });
  onTestFinished(() => server.close());
  const url = await startPage(server.port);
  const browser = await launchChromium();
  onTestFinished(() => browser.close());

  const ada = await ChatWindow.join(browser, server.url, { name: "Ada" });
  const page = await browser.newPage();
  await page.goto(`${url}?name=Grace`);
  await page.locator("li", { hasText: /^Ada$/u }).waitFor();
  await ada.whenPeople("Ada", "Grace");
  await ada.say("Hello, hooks");
  await page.getByText("Ada: Hello, hooks", { exact: true }).waitFor();
  await page.getByLabel("Message").fill("Hello, page");
  await page.keyboard.press("Enter");
  await ada.hears("Hello, page");
  await expect
    .poll(() => page.locator("ol li").allTextContents())
    .toEqual(["Ada: Hello, hooks", "Grace: Hello, page"]);
});
