// The browser's own `new WebSocket(url)` with the classic listeners, against the plain endpoints.
import { serve } from "tautline";
import type { TautlineServer } from "tautline";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { launchChromium } from "./chromium.ts";

let browser: Browser;
let server: TautlineServer;

beforeAll(async () => {
  browser = await launchChromium();
  server = await serve({ port: 0 });
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

async function openPage(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(server.url);
  return page;
}

const address = (path: string): string => `${server.url.replace("http", "ws")}${path}`;

/** In the page: opens, sends, waits for so many messages, closes, and tells every event in order. */
interface Script {
  readonly url: string;
  readonly send: readonly string[];
  readonly expect: number;
}

function playInPage({ url, send, expect: count }: Script): Promise<string[]> {
  return new Promise((resolve) => {
    const events: string[] = [];
    let messages = 0;
    const socket = new WebSocket(url);
    socket.addEventListener("open", () => {
      events.push(`open ${socket.readyState} ${socket.protocol}|${socket.extensions}`);
      for (const text of send) socket.send(text);
    });
    socket.addEventListener("message", (event) => {
      events.push(`message ${String(event.data)}`);
      messages += 1;
      if (messages === count) socket.close(1000, "done");
    });
    socket.addEventListener("error", () => events.push("error"));
    socket.addEventListener("close", (event) => {
      events.push(`close ${event.code} ${event.wasClean}`);
      resolve(events);
    });
  });
}

describe("the browser's own WebSocket", () => {
  it("opens, sends, receives and closes at /echo", async () => {
    const page = await openPage();
    const long = "你好, tautline. ".repeat(300);
    const script = { url: address("/echo"), send: ["hello", "你好 👋", "", long], expect: 4 };
    const [opened, ...rest] = await page.evaluate(playInPage, script);
    expect(opened).toMatch(/^open 1 \|permessage-deflate/u);
    expect(rest).toEqual([
      "message hello",
      "message 你好 👋",
      "message ",
      `message ${long}`,
      "close 1000 true",
    ]);
    await page.close();
  });

  it("gets bytes back as bytes", async () => {
    const page = await openPage();
    const size = 300_000;
    const same = await page.evaluate(
      ({ url, size }) =>
        new Promise<boolean>((resolve) => {
          const sent = new Uint8Array(size).map((_, index) => index * 7);
          const socket = new WebSocket(url);
          socket.binaryType = "arraybuffer";
          socket.addEventListener("open", () => socket.send(sent));
          socket.addEventListener("message", ({ data }) => {
            const received = new Uint8Array(data as ArrayBuffer);
            resolve(
              received.length === size && received.every((byte, index) => byte === sent[index]),
            );
            socket.close();
          });
        }),
      { url: address("/echo"), size },
    );
    expect(same).toBe(true);
    await page.close();
  });

  it("reaches everybody at /broadcast, the sender included", async () => {
    const listener = await openPage();
    await listener.evaluate((url) => {
      const heard: string[] = [];
      const socket = new WebSocket(url);
      socket.addEventListener("message", ({ data }) => heard.push(String(data)));
      Object.assign(window, { heard });
      return new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
    }, address("/broadcast"));
    const speaker = await openPage();
    const script = { url: address("/broadcast"), send: ["to all"], expect: 1 };
    expect(await speaker.evaluate(playInPage, script)).toContain("message to all");
    await listener.waitForFunction(() => Reflect.get(window, "heard")[0] === "to all");
    await listener.close();
    await speaker.close();
  });

  it("gets an error and a close with 1006 where nothing speaks WebSocket", async () => {
    const page = await openPage();
    const script = { url: address("/nowhere"), send: [], expect: 0 };
    expect(await page.evaluate(playInPage, script)).toEqual(["error", "close 1006 false"]);
    await page.close();
  });

  it("may use /echo from a page of another origin, and nothing else", async () => {
    const page = await browser.newPage();
    // The example, opened as a file: its origin is "null".
    const example = new URL("../../examples/browser-listeners.html", import.meta.url);
    await page.goto(`${example.href}?url=${address("/echo")}`);
    await page.getByText("open: ws://").waitFor();
    await page.getByPlaceholder("A message").fill("hello");
    await page.getByRole("button", { name: "Send" }).click();
    const log = page.locator("pre");
    await log.filter({ hasText: "message: hello" }).waitFor();

    await page.goto(`${example.href}?url=${address("/broadcast")}`);
    await log.filter({ hasText: "close" }).waitFor();
    await expect.poll(() => log.textContent()).toBe("error\nclose: 1006 \n");
    await page.close();
  });

  it("is told 1001 when the server ends", async () => {
    const ending = await serve({ port: 0 });
    const page = await browser.newPage();
    await page.goto(ending.url);
    const closed = page.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url);
          socket.addEventListener("open", () => console.info("open"));
          socket.addEventListener("close", ({ code, wasClean }) => resolve(`${code} ${wasClean}`));
        }),
      `${ending.url.replace("http", "ws")}/echo`,
    );
    await page.waitForEvent("console", { predicate: (message) => message.text() === "open" });
    await ending.close();
    expect(await closed).toBe("1001 true");
    await page.close();
  });
});
