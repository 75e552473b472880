/** The environment of browsers and of Node.js, on globals of the test's making. */

import type { NetworkSign } from "@tautline/client";
import { defaultEnvironment } from "@tautline/client";
import { afterEach, describe, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the default environment", () => {
  test("hears the browser's signs until cancelled", () => {
    const page = new EventTarget();
    const document = Object.assign(new EventTarget(), { visibilityState: "hidden" });
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
    vi.stubGlobal("document", document);
    const signs: NetworkSign[] = [];
    const cancel = defaultEnvironment.onSign((sign) => signs.push(sign));
    page.dispatchEvent(new Event("offline"));
    document.dispatchEvent(new Event("visibilitychange"));
    page.dispatchEvent(new Event("online"));
    document.visibilityState = "visible";
    document.dispatchEvent(new Event("visibilitychange"));
    cancel();
    page.dispatchEvent(new Event("offline"));
    document.dispatchEvent(new Event("visibilitychange"));
    expect(signs).toEqual(["offline", "online", "visible"]);
  });

  test("hears nothing where there is no page", () => {
    vi.stubGlobal("addEventListener", undefined);
    vi.stubGlobal("removeEventListener", undefined);
    vi.stubGlobal("document", undefined);
    const cancel = defaultEnvironment.onSign(() => undefined);
    expect(() => cancel()).not.toThrow();
  });

  test.each([
    { navigator: { onLine: false }, online: false },
    { navigator: { onLine: true }, online: true },
    { navigator: {}, online: true },
    { navigator: undefined, online: true },
  ])("is online: $online with $navigator", ({ navigator, online }) => {
    vi.stubGlobal("navigator", navigator);
    expect(defaultEnvironment.online()).toBe(online);
  });

  test("has a clock, timers that can be cancelled, and chance", () => {
    vi.useFakeTimers();
    const calls: string[] = [];
    defaultEnvironment.schedule(() => calls.push("kept"), 100);
    defaultEnvironment.schedule(() => calls.push("cancelled"), 100)();
    defaultEnvironment.schedule(() => calls.push("too long for a timer"), 2 ** 40);
    const before = defaultEnvironment.now();
    vi.advanceTimersByTime(100);
    expect(calls).toEqual(["kept"]);
    expect(defaultEnvironment.now() - before).toBe(100);
    const chance = defaultEnvironment.random();
    expect(chance >= 0 && chance < 1).toBe(true);
  });
});
