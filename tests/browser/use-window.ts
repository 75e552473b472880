/**
 * One person's window on one of the console's applications. It watches what the browser complains about and whom it calls, as the window on
 * the chat does.
 */
import type { Browser } from "playwright-core";

import { ChatWindow } from "./chat-window.ts";

export interface UseWindowOptions {
  /** The person's name, as the browser remembers it; none by default. */
  readonly name?: string;
  /** The browser's language; en-US by default. */
  readonly locale?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
  /** Uses the profile of another window. */
  readonly sharing?: ChatWindow;
}

/** Opens `#/uses/<use>` as somebody who has been here before. */
export async function openUse(
  browser: Browser,
  origin: string,
  use: string,
  options: UseWindowOptions = {},
): Promise<ChatWindow> {
  const { name, ...rest } = options;
  const window = await ChatWindow.open(browser, origin, rest);
  const { page } = window;
  if (name !== undefined) {
    await page.evaluate((chosen) => localStorage.setItem("tautline.name", chosen), name);
  }
  await page.goto(`${origin}/#/uses/${use}`);
  await page.reload();
  await window.whenConnected();
  return window;
}
