// The console's applications in a real Chromium: each in two windows at once, through a server that is killed and comes back, in two
// languages, by keyboard, on a phone, and before axe.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { startServer } from "../cli/program.ts";
import type { Program } from "../cli/program.ts";
import { accessibilityViolations } from "./accessibility.ts";
import type { ChatWindow } from "./chat-window.ts";
import { launchChromium } from "./chromium.ts";
import type { UseWindowOptions } from "./use-window.ts";
import { openUse } from "./use-window.ts";

/** Machines may be busy: what is waited for comes, and nobody asks when. */
const soon = { timeout: 60_000 };
const patience = { timeout: 240_000 };

let browser: Browser;
const windows: ChatWindow[] = [];
const programs: Program[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

afterEach(async () => {
  await Promise.all(windows.splice(0).map((window) => window.close()));
  await Promise.all(programs.splice(0).map((program) => program.stop()));
});

async function serve(args?: readonly string[]) {
  const started = await startServer(args);
  programs.push(started.program);
  return started;
}

async function open(origin: string, use: string, options?: UseWindowOptions): Promise<ChatWindow> {
  const window = await openUse(browser, origin, use, options);
  windows.push(window);
  return window;
}

/** Kills the server, waits until the windows have noticed, and starts another one in its place. */
async function restart(
  { program, port }: { program: Program; port: number },
  watching: readonly ChatWindow[],
  meanwhile: () => Promise<void> = () => Promise.resolve(),
  args: readonly string[] = [],
): Promise<void> {
  await program.stop();
  for (const { page } of watching) {
    await page.locator(".status[data-state=reconnecting]").waitFor();
  }
  await meanwhile();
  await serve(["--port", String(port), ...args]);
  for (const window of watching) await window.whenConnected();
}

/** Nothing was complained about but attempts that failed, and nobody else was asked for anything. */
function expectQuiet(...quiet: readonly ChatWindow[]): void {
  for (const { complaints, foreignRequests } of quiet) {
    const own = complaints.filter((text) => !text.startsWith("WebSocket connection to"));
    expect({ own, foreignRequests }).toEqual({ own: [], foreignRequests: [] });
  }
}

async function send(window: ChatWindow, to: string, text: string): Promise<void> {
  await window.page.locator("#notice-to").fill(to);
  await window.page.locator("#notice-text").fill(text);
  await window.page.getByRole("button", { name: "Send", exact: true }).click();
}

/** What is there when an application is drawn and has heard of the server. */
const landmarks: Readonly<Record<string, string>> = {
  "": ".use-cards",
  notifications: ".notices-head",
  game: ".dot[data-own]",
  quotes: "tbody tr:nth-child(8)",
  document: ".document-state[data-saved=true] >> text=/\\S/",
  monitor: ".monitor-charts",
  "monitor/device": ".acting",
};

const row = (window: ChatWindow, text: string) =>
  window.page.locator(".notice-row:not([data-waiting])", { hasText: text });

describe("notifications", patience, () => {
  it("reach who is there and who comes back, once, and are read in all windows", async () => {
    const server = await serve();
    const ada = await open(server.origin, "notifications", { name: "Ada" });
    const grace = await open(server.origin, "notifications", { name: "Grace" });
    await grace.page.getByRole("button", { name: "Ada" }).waitFor();

    await send(grace, "", "To all");
    await send(grace, "Ada", "To Ada alone");
    await row(ada, "To Ada alone").waitFor();
    await ada.page.getByRole("img", { name: "2 unread notifications" }).waitFor();
    await expect.poll(() => ada.page.title()).toBe("(2) Notifications · Tautline");
    await row(grace, "To all").waitFor();
    expect(await row(grace, "To Ada alone").count()).toBe(0);

    // Another window of the same person: one marks as read, both know.
    const second = await open(server.origin, "notifications", { name: "Ada" });
    await second.page.getByRole("img", { name: "2 unread notifications" }).waitFor();
    await second.page.getByRole("button", { name: "Mark all as read" }).click();
    await ada.page.getByRole("img", { name: "Nothing unread" }).waitFor();

    // While Ada is away, the log waits for her.
    await ada.page.goto("about:blank");
    await send(grace, "Ada", "While you were away");
    await row(second, "While you were away").waitFor();
    await ada.page.goto(`${server.origin}/#/uses/notifications`);
    await ada.page.getByRole("img", { name: "1 unread notification" }).waitFor();

    await restart(server, [ada, grace], () => send(grace, "Ada", "While the server was away"));
    await row(ada, "While the server was away").waitFor();
    await expect.poll(() => row(ada, "While the server was away").count()).toBe(1);
    await ada.page.getByRole("img", { name: "2 unread notifications" }).waitFor();
    await grace.page.locator(".notice-row[data-waiting]").waitFor({ state: "detached" });
    expectQuiet(ada, grace, second);
  });
});

const dot = (window: ChatWindow, name: string) =>
  window.page.locator(".dot", { has: window.page.getByText(name, { exact: true }) });

/** How far a dot is from the left, as it is drawn. */
const x = async (window: ChatWindow, name: string): Promise<number> => {
  const transform = await dot(window, name).getAttribute("transform");
  return Number(/translate\(([\d.]+)/u.exec(transform ?? "")?.[1]);
};

describe("the game", patience, () => {
  it("is played by keys and by pointer on one board, and goes on with another server", async () => {
    const server = await serve();
    const ada = await open(server.origin, "game", { name: "Ada" });
    const grace = await open(server.origin, "game", { name: "Grace" });
    await dot(ada, "Grace").waitFor();
    await dot(grace, "Ada").waitFor();

    await ada.page.locator(".board").focus();
    await ada.page.keyboard.down("ArrowRight");
    // In Grace's window: that is where it has come through the server.
    await expect.poll(() => x(grace, "Ada"), soon).toBe(157);
    await ada.page.keyboard.up("ArrowRight");
    await ada.page.keyboard.down("KeyA");
    await expect.poll(() => x(grace, "Ada"), soon).toBe(3);
    await ada.page.keyboard.up("KeyA");

    const box = await grace.page.locator(".board").boundingBox();
    if (box === null) throw new Error("There is no board.");
    await grace.page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
    await expect.poll(() => x(ada, "Grace"), soon).toBeGreaterThan(150);

    await restart(server, [ada, grace]);
    await dot(ada, "Grace").waitFor();
    await ada.page.keyboard.down("ArrowRight");
    await expect.poll(() => x(grace, "Ada"), soon).toBe(157);
    await grace.close();
    await dot(ada, "Grace").waitFor({ state: "detached" });
    expectQuiet(ada);
  });
});

/** Has a window write down which prices it shows at which tick. */
async function watchPrices({ page }: ChatWindow): Promise<void> {
  await page.locator("tbody tr").nth(7).waitFor();
  await page.evaluate(() => {
    const seen: Record<string, string> = {};
    const table = document.querySelector<HTMLElement>("tbody");
    const look = (): void => {
      const prices = [...document.querySelectorAll(".quote-price")].map((cell) => cell.textContent);
      seen[table?.dataset["tick"] ?? ""] = prices.join(" ");
    };
    if (table !== null) new MutationObserver(look).observe(table, { attributes: true });
    Object.assign(window, { seen });
  });
}

/** What was shown since then, by tick. */
function seenPrices({ page }: ChatWindow): Promise<Readonly<Record<string, string>>> {
  return page.evaluate(() => Reflect.get(window, "seen") as Record<string, string>);
}

/** What both windows have shown at the same ticks, twice: as the one has it, and as the other has. */
async function shownByBoth(one: ChatWindow, other: ChatWindow) {
  const [first, second] = [await seenPrices(one), await seenPrices(other)];
  const ticks = Object.keys(first).filter((tick) => tick in second);
  return { first: ticks.map((tick) => first[tick]), second: ticks.map((tick) => second[tick]) };
}

describe("stock quotes", patience, () => {
  it("tick alike in two windows, and go on where the market is", async () => {
    const server = await serve();
    const ada = await open(server.origin, "quotes");
    const grace = await open(server.origin, "quotes", { locale: "zh-CN" });
    await ada.page.getByRole("button", { name: /Steel wire/u }).press("Enter");
    await ada.page
      .getByRole("img", { name: /^Steel wire, the last two minutes: STEEL/u })
      .waitFor();

    const expectAlike = async (): Promise<void> => {
      await Promise.all([watchPrices(ada), watchPrices(grace)]);
      const count = async () => (await shownByBoth(ada, grace)).first.length;
      await expect.poll(count, soon).toBeGreaterThan(2);
      const { first, second } = await shownByBoth(ada, grace);
      expect(first).toEqual(second);
      expect(new Set(first).size).toBeGreaterThan(1);
    };
    await expectAlike();
    await restart(server, [ada, grace]);
    await expectAlike();
    expectQuiet(ada, grace);
  });
});

const field = ({ page }: ChatWindow) => page.locator(".sheet textarea");
const text = (window: ChatWindow): Promise<string> => field(window).inputValue();
const saved = ({ page }: ChatWindow) => page.locator(".document-state[data-saved=true]");

describe("the document", patience, () => {
  it("merges what two type at the same time, before and after a break", async () => {
    const server = await serve();
    const ada = await open(server.origin, "document", { name: "Ada" });
    const grace = await open(server.origin, "document", { name: "Grace" });
    await saved(ada).waitFor();
    await field(ada).fill("one\ntwo\nthree");
    await expect.poll(() => text(grace), soon).toBe("one\ntwo\nthree");

    // Both at once, each at another end; and the caret of the one stands in the window of the other.
    await field(ada).press("Control+Home");
    await field(grace).press("Control+End");
    await Promise.all([
      field(ada).pressSequentially("from Ada "),
      field(grace).pressSequentially(" from Grace"),
    ]);
    const both = "from Ada one\ntwo\nthree from Grace";
    await expect.poll(() => text(ada), soon).toBe(both);
    await expect.poll(() => text(grace), soon).toBe(both);
    await ada.page.locator(".caret[data-name=Grace]").waitFor({ state: "attached" });
    await expect
      .poll(() => field(ada).evaluate((area: HTMLTextAreaElement) => area.selectionStart))
      .toBe(9);
    expectQuiet(ada, grace);
  });

  it("keeps what was typed while the server was away, and gives it to another one", async () => {
    const server = await serve();
    const ada = await open(server.origin, "document", { name: "Ada" });
    const grace = await open(server.origin, "document", { name: "Grace" });
    await field(ada).fill("one, three");
    await expect.poll(() => text(grace), soon).toBe("one, three");
    await field(ada).press("Control+Home");
    await field(grace).press("Control+End");
    // The server forgets all when it is killed; the windows do not, nor what was typed meanwhile.
    await restart(server, [ada, grace], async () => {
      await field(ada).pressSequentially("zero, ");
      await ada.page.getByText("Changes wait for the server").waitFor();
      await field(grace).pressSequentially(", four");
    });
    const merged = "zero, one, three, four";
    await expect.poll(() => text(ada), soon).toBe(merged);
    await expect.poll(() => text(grace), soon).toBe(merged);
    await saved(ada).waitFor();

    const late = await open(server.origin, "document", { name: "Linus" });
    await expect.poll(() => text(late), soon).toBe(merged);
    expectQuiet(ada, grace, late);
  });

  it("is there when all have left and the server was restarted, with a data directory", async () => {
    const directory = await mkdtemp(join(tmpdir(), "tautline-uses-"));
    const server = await serve(["--port", "0", "--data-dir", directory]);
    const ada = await open(server.origin, "document", { name: "Ada" });
    await saved(ada).waitFor();
    // More edits than there are between two whole states.
    const words = "Everything here is kept, letter by letter.";
    await field(ada).pressSequentially(words);
    await saved(ada).waitFor();
    await ada.page.goto("about:blank");
    await restart(server, [], undefined, ["--data-dir", directory]);
    await ada.page.goto(`${server.origin}/#/uses/document`);
    await expect.poll(() => text(ada), soon).toBe(words);
    await ada.close();
    await Promise.all(programs.splice(0).map((program) => program.stop()));
    await rm(directory, { recursive: true, force: true });
  });
});

describe("monitoring and control", patience, () => {
  it("shows the server's figures, and a lamp in another window obeys", async () => {
    const server = await serve();
    const control = await open(server.origin, "monitor", { name: "Ada" });
    await control.page.getByText("No lamp has been here yet.").waitFor();
    await control.page.getByRole("img", { name: /^Memory: process \d+ MiB/u }).waitFor();
    await control.page.getByRole("img", { name: /^Clients: Clients 1/u }).waitFor();

    const lamp = await open(server.origin, "monitor/device", { name: "Lamp" });
    await control.page.getByText("The lamp is there").waitFor();
    const power = control.page.getByRole("switch", { name: "Light" });
    await power.press("Enter");
    await control.page.getByText(/^Obeyed after \d+ ms$/u).waitFor();
    await lamp.page.locator(".bulb[data-on=true]").waitFor();
    await lamp.page.getByText("Last command from Ada").waitFor();

    await restart(server, [control, lamp]);
    await control.page.getByText("The lamp is there").waitFor();
    await control.page.getByRole("slider").press("Home");
    await lamp.page.getByText("1 %").waitFor();
    await control.page.getByText(/^Obeyed after \d+ ms$/u).waitFor();
    await control.page.getByRole("img", { name: /^Clients: Clients 2/u }).waitFor();

    // A lamp that was away hears what it was told meanwhile.
    await lamp.page.goto("about:blank");
    await control.page.getByText("The lamp is away.").waitFor();
    await power.press("Enter");
    await lamp.page.goto(`${server.origin}/#/uses/monitor/device`);
    await lamp.page.locator(".bulb[data-on=false]").waitFor();
    await control.page.getByText(/^Obeyed after \d+ ms$/u).waitFor();
    await expect.poll(() => lamp.page.locator(".acting-state").textContent()).toContain("off");
    expectQuiet(control, lamp);
  });
});

/** Goes from one application to the next, in one window, and waits until there is something to see. */
async function goTo({ page }: ChatWindow, use: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/uses/${use}`);
  await page.locator(landmarks[use] ?? "").waitFor();
}

describe("all applications", patience, () => {
  const uses = ["", "notifications", "game", "quotes", "document", "monitor", "monitor/device"];

  for (const locale of ["en-US", "zh-CN"]) {
    it(`have nothing that axe finds wrong, light and dark (${locale})`, async () => {
      const { origin } = await serve();
      const window = await open(origin, "", { name: "Ada", locale });
      const { page } = window;
      // What fades in is not what it is in the end.
      await page.emulateMedia({ reducedMotion: "reduce" });
      for (const use of uses) {
        await goTo(window, use);
        for (const how of await page.locator(".use-how summary").all()) await how.click();
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          const violations = await accessibilityViolations(page);
          expect({ use, colorScheme, violations }).toEqual({ use, colorScheme, violations: [] });
        }
      }
      await expect
        .poll(() => page.locator("html").getAttribute("lang"))
        .toBe(locale === "zh-CN" ? "zh-Hans" : "en");
      expectQuiet(window);
    });
  }

  it("fit a phone", async () => {
    const { origin } = await serve();
    const window = await open(origin, "", { name: "Ada", viewport: { width: 360, height: 740 } });
    for (const use of uses) {
      await goTo(window, use);
      const widths = await window.page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.querySelector(".uses")?.scrollWidth,
      ]);
      expect({ use, widths }).toEqual({ use, widths: [360, 360] });
    }
    expectQuiet(window);
  });

  it("lead from the overview to each, and ask for a name where others see it", async () => {
    const { origin } = await serve();
    const window = await open(origin, "");
    await window.page.getByRole("link", { name: /Game/u }).click();
    await window.page.getByLabel("The others see this name.").fill("Ada");
    await window.page.keyboard.press("Enter");
    await window.page.locator(".dot[data-own]").waitFor();
    await window.page.getByRole("link", { name: "All uses" }).click();
    await window.page.getByRole("link", { name: /^Chat Rooms/u }).click();
    await window.page.locator(".composer").waitFor();
    await expect.poll(() => window.page.title()).toBe("#lobby · Tautline");
    expectQuiet(window);
  });
});
