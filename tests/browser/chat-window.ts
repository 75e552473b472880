/**
 * One person's window on the chat page, in words of the chat. It also watches what the browser complains about and whom
 * it calls, so that every test can say that there was nothing.
 */
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";

export interface WindowOptions {
  readonly name: string;
  readonly room?: string;
  /** The browser's language; en-US by default. */
  readonly locale?: string;
  /** Uses the profile of another window: the same person in a second tab. */
  readonly sharing?: ChatWindow;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
}

export class ChatWindow {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page and complaints of the browser, the blocked and failed loads included. */
  readonly complaints: string[] = [];
  /** Addresses of other hosts that the page asked for anything. */
  readonly foreignRequests: string[] = [];

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.context = context;
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        this.complaints.push(message.text());
      }
    });
    const { host } = new URL(origin);
    const note = (address: string): void => {
      if (new URL(address).host !== host) this.foreignRequests.push(address);
    };
    page.on("request", (request) => note(request.url()));
    page.on("websocket", (socket) => note(socket.url()));
  }

  /** Opens the page and joins a room under a name. */
  static async join(browser: Browser, origin: string, options: WindowOptions): Promise<ChatWindow> {
    const window = await ChatWindow.open(browser, origin, options);
    await window.page.locator("#name").fill(options.name);
    await window.page.locator("#name").press("Enter");
    await window.whenConnected();
    return window;
  }

  /** Opens the page and does nothing else. */
  static async open(
    browser: Browser,
    origin: string,
    { room, locale = "en-US", sharing, viewport, colorScheme }: Omit<WindowOptions, "name">,
  ): Promise<ChatWindow> {
    const context =
      sharing?.context ??
      (await browser.newContext({
        locale,
        ...(viewport && { viewport }),
        ...(colorScheme && { colorScheme }),
      }));
    const window = new ChatWindow(context, await context.newPage(), origin);
    const hash = room === undefined ? "" : `#/chat/${encodeURIComponent(room)}`;
    await window.page.goto(`${origin}/${hash}`);
    return window;
  }

  get status(): Locator {
    return this.page.locator(".status");
  }

  get notice(): Locator {
    return this.page.locator(".notice");
  }

  get log(): Locator {
    return this.page.getByRole("log");
  }

  get people(): Locator {
    return this.page.locator("#people li");
  }

  async whenConnected(): Promise<void> {
    await this.page.locator(".status[data-state=connected]").waitFor();
  }

  async whenPeople(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.people.filter({ hasText: name }).waitFor();
  }

  async say(text: string): Promise<void> {
    await this.page.locator(".composer textarea").fill(text);
    await this.page.keyboard.press("Enter");
  }

  message(text: string): Locator {
    return this.page.locator(".message", { hasText: text });
  }

  /** Waits until a message stands in the log as sent. */
  async hears(text: string): Promise<void> {
    await this.page.locator(".message[data-status=sent]", { hasText: text }).waitFor();
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
