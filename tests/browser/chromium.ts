/** Starts a real Chromium for the tests, with a fresh profile and no traffic of its own. */
import { existsSync } from "node:fs";

import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const usualPlace = "/usr/bin/chromium";

/** What keeps the browser from calling home, and lets it run as root in a container. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @throws Error that says what to install, when there is no browser. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM_PATH"] ?? usualPlace;
  if (!existsSync(executablePath)) {
    throw new Error(
      `No browser at ${executablePath}. Install Chromium, or set CHROMIUM_PATH to its executable.`,
    );
  }
  return chromium.launch({ executablePath, headless: true, args });
}
