/** Options: what holds when nothing is said, and what makes no sense. */

import { describe, expect, it } from "vitest";
import type { HubOptions } from "@tautline/hub";
import { hubDefaults } from "@tautline/hub";
import { TestHub } from "./test-hub.ts";

describe("the defaults", () => {
  it("are closed and bounded", () => {
    expect(hubDefaults.open).toBe(false);
    const numbers = Object.values(hubDefaults).filter((value) => typeof value === "number");
    for (const value of numbers) expect(Number.isFinite(value)).toBe(true);
    expect(Object.isFrozen(hubDefaults)).toBe(true);
  });
});

describe("options that make no sense", () => {
  const rows: Partial<HubOptions>[] = [
    { pingIntervalMs: -1 },
    { pongTimeoutMs: -1 },
    { pongTimeoutMs: 25_000 },
    { staleTimeoutMs: 0 },
    { maxBufferedBytes: Number.NaN },
    { maxChannelsPerClient: 0 },
    { maxChannelNameBytes: 0 },
    { maxPendingCommands: 0 },
  ];
  it.each(rows)("%o", (options) => {
    expect(() => new TestHub(options)).toThrow(RangeError);
  });
});
