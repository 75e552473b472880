/** A reader's window on the documentation. It watches what the browser complains about and whom it calls, as tests want to know. */
import type { Browser, BrowserContext, Page } from "playwright-core";

export interface ReaderOptions {
  readonly colorScheme?: "light" | "dark";
  readonly viewport?: { readonly width: number; readonly height: number };
}

export class DocsWindow {
  readonly page: Page;
  readonly #context: BrowserContext;
  /** Errors of the page, complaints of the browser and answers that are no success. */
  readonly complaints: string[] = [];
  /** Addresses of other hosts that the page asked for anything. */
  readonly foreignRequests: string[] = [];

  private constructor(context: BrowserContext, page: Page, host: string) {
    this.#context = context;
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.complaints.push(message.text());
      }
    });
    page.on("request", (request) => {
      if (new URL(request.url()).host !== host) this.foreignRequests.push(request.url());
    });
    page.on("response", (response) => {
      if (response.status() >= 400) this.complaints.push(`${response.status()} ${response.url()}`);
    });
  }

  static async open(
    browser: Browser,
    address: string,
    options: ReaderOptions = {},
  ): Promise<DocsWindow> {
    const context = await browser.newContext({ reducedMotion: "reduce", ...options });
    const window = new DocsWindow(context, await context.newPage(), new URL(address).host);
    await window.page.goto(address);
    return window;
  }

  /** Types into the search and resolves with the titles of what it finds. */
  async search(words: string): Promise<string[]> {
    await this.page.locator(".VPNavBarSearchButton").click();
    await this.page.locator("#localsearch-input").fill(words);
    const results = this.page.locator(".results .title .text");
    await results.first().waitFor();
    return results.allTextContents();
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
