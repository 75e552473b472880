import { describe, expect, it } from "vitest";

import { en, zh } from "../page/pages/dashboard/words.ts";
import { readSnapshot } from "../page/pages/dashboard/snapshot.ts";
import type { Snapshot } from "../page/pages/dashboard/snapshot.ts";
import { noTrends, spanSeconds, total, withSnapshot } from "../page/pages/dashboard/trends.ts";

function snapshot(seconds: number, commands: number, node = "n"): Snapshot {
  return {
    type: "snapshot",
    at: seconds * 1000,
    node,
    hub: { connections: 3, clients: 2, users: 1, channels: 4, subscriptions: 5, uptimeMs: 1 },
    queues: { bytes: 10, longest: 9, slow: 1 },
    counters: {
      tautline_commands_total: [
        { labels: { method: "publish" }, value: commands },
        { labels: { method: "connect" }, value: 1 },
      ],
    },
    process: { cpuMs: seconds * 100, rss: 7, heapUsed: 6, loop: { p50: 1, p99: 2, max: 3 } },
    broker: { name: "MemoryBroker", remote: false },
    nodes: [],
  };
}

describe("trends", () => {
  it("have levels at once, and rates from the second snapshot on", () => {
    const [one, two] = [snapshot(10, 100), snapshot(12, 140)];
    const first = withSnapshot(noTrends, one, undefined);
    expect(first.clients).toEqual([[10, 2]]);
    expect(first.commands).toEqual([]);
    const second = withSnapshot(first, two, one);
    expect(second.commands).toEqual([[12, 20]]);
    expect(second.cpu).toEqual([[12, 10]]);
    expect(second.deliveries).toEqual([[12, 0]]);
  });

  it("say nothing of rates across a restart, or when no time went by", () => {
    const one = snapshot(10, 100);
    expect(withSnapshot(noTrends, snapshot(12, 5, "other"), one).commands).toEqual([]);
    expect(withSnapshot(noTrends, snapshot(10, 105), one).commands).toEqual([]);
  });

  it("keep the last minutes only", () => {
    let trends = noTrends;
    for (let at = 0; at < spanSeconds * 2; at += 1) {
      trends = withSnapshot(trends, snapshot(at, at), undefined);
    }
    expect(trends.clients).toHaveLength(spanSeconds + 1);
  });

  it("add up what was counted under all labels", () => {
    expect(total(snapshot(1, 41).counters["tautline_commands_total"])).toBe(42);
    expect(total(undefined)).toBe(0);
  });
});

describe("a snapshot", () => {
  it("is read, and nothing else is", () => {
    expect(readSnapshot(JSON.stringify(snapshot(1, 1)))).toMatchObject({ at: 1000 });
    for (const text of ["{", "null", "7", "{}", '{"type":"else"}']) {
      expect(readSnapshot(text)).toBeUndefined();
    }
  });
});

function spoken(words: object): readonly string[] {
  return Object.values(words).map((word: unknown) =>
    typeof word === "function" ? String(word("1")) : String(word),
  );
}

describe("the dashboard's words", () => {
  it("are there in both languages, each in its own letters", () => {
    expect(spoken(en).filter((text) => text === "" || /\p{Script=Han}/u.test(text))).toEqual([]);
    expect(spoken(zh).filter((text) => !/\p{Script=Han}/u.test(text))).toEqual([]);
  });
});
