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

  /** Goes to a page of the site as its links do, without loading the document anew. */
  async turnTo(path: string): Promise<void> {
    const { page } = this;
    if (new URL(page.url()).pathname === path) return;
    await page.evaluate(`{
      document.querySelector("h1").dataset.left = "";
      const link = document.createElement("a");
      link.href = ${JSON.stringify(path)};
      document.body.append(link);
      link.click();
      link.remove();
    }`);
    await page.locator("main h1:not([data-left])").first().waitFor();
  }

  /** What reaches beyond the window on the right and is not in something that scrolls by itself. */
  outside(): Promise<string[]> {
    return this.page.evaluate<string[]>(`(() => {
      const scrolls = (element) => {
        if (element === null) return false;
        return /auto|scroll|hidden/u.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement);
      };
      return [...document.querySelectorAll("main, main *")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
        .filter((element) => !scrolls(element))
        .map((element) => element.outerHTML.slice(0, 200));
    })()`);
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
