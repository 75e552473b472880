import { Engine, engineDefaults, resolveEngineSettings, UsageError } from "@tautline/protocol";
import type { GivenEngineSettings } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { deterministicPlatform } from "./deterministic-platform.ts";
import { recordingEvents } from "./frame-text.ts";

function allowsZero(name: string): boolean {
  try {
    resolveEngineSettings("server", { [name]: 0 });
    return true;
  } catch {
    return false;
  }
}

describe("resolveEngineSettings", () => {
  test("gives a server the defaults, and a client the same without heartbeat", () => {
    expect(resolveEngineSettings("server", {})).toEqual(engineDefaults);
    expect(resolveEngineSettings("client", {})).toEqual({ ...engineDefaults, pingIntervalMs: 0 });
  });

  test("has only finite defaults [RFC6455-10.4-1, RFC6455-10.4-2]", () => {
    const { whenQueueFull, receive, ...numbers } = engineDefaults;
    expect([whenQueueFull, receive]).toEqual(["close", "messages"]);
    expect(Object.values(numbers).every(Number.isSafeInteger)).toBe(true);
    expect(Object.isFrozen(engineDefaults)).toBe(true);
  });

  test("takes what is given, and the default where that is undefined", () => {
    const settings = resolveEngineSettings("client", {
      maxMessageBytes: 7,
      maxFragments: undefined,
      pingIntervalMs: 1000,
    });
    expect(settings).toEqual({ ...engineDefaults, maxMessageBytes: 7, pingIntervalMs: 1000 });
    expect(Object.isFrozen(settings)).toBe(true);
  });

  test("limits the length of streams only where it is told to", () => {
    const none = Number.MAX_SAFE_INTEGER;
    const unlimited = { maxMessageBytes: none, maxFrameBytes: none, maxFragments: none };
    const streams = { ...engineDefaults, ...unlimited, receive: "streams" as const };
    expect(resolveEngineSettings("server", { receive: "streams" })).toEqual(streams);
    const given = { receive: "streams", maxFragments: 3, maxMessageBytes: 7 } as const;
    expect(resolveEngineSettings("server", given)).toEqual({ ...streams, ...given });
  });

  const names = Object.keys(engineDefaults) as (keyof typeof engineDefaults)[];
  const wrongWords = ["", "Drop", null, 1].map((value) => ({ value }));

  test.each(
    ["whenQueueFull", "receive"].flatMap((name) => wrongWords.map((word) => ({ name, ...word }))),
  )("refuses $name of $value", ({ name, value }) => {
    const given = { [name]: value } as GivenEngineSettings;
    expect(() => resolveEngineSettings("server", given)).toThrow(UsageError);
    expect(() => resolveEngineSettings("server", given)).toThrow(name);
  });

  const wrong = [-1, 1.5, Number.NaN, Infinity, 2 ** 53];

  test.each(names.flatMap((name) => wrong.map((value) => ({ name, value }))))(
    "refuses $name of $value",
    ({ name, value }) => {
      expect(() => resolveEngineSettings("server", { [name]: value })).toThrow(UsageError);
      expect(() => resolveEngineSettings("server", { [name]: value })).toThrow(name);
    },
  );

  test("allows 0 where it has a meaning only", () => {
    const allowed = names.filter(allowsZero);
    expect(allowed.toSorted()).toEqual(["highWaterMarkBytes", "pingIntervalMs"]);
  });

  test("is what an engine checks its options with", () => {
    const platform = deterministicPlatform();
    const options = { role: "server", platform, events: recordingEvents([]), now: 0 } as const;
    expect(() => new Engine({ ...options, maxFragments: 0 })).toThrow("maxFragments");
    expect(() => new Engine({ ...options, receive: "streams" })).toThrow("parts");
  });
});
