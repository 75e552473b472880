// Who is hired, when, and what the primary of several workers asks of them, in a time that a test moves.
import { ManualClock } from "@tautline/hub/broker-suite";
import { silentLogger } from "@tautline/hub";
import { describe, expect, it } from "vitest";

import { Crew } from "../../src/workers/crew.ts";
import type { Hand, HandEvents } from "../../src/workers/crew.ts";
import type { Order } from "../../src/workers/crew-messages.ts";
import { sharesPorts } from "../../src/workers/port-sharing.ts";
import { workerCount } from "../../src/cli/worker-count.ts";

interface FakeHand extends Hand {
  readonly events: HandEvents;
  readonly orders: Order[];
}

function makeCrew(size = 2) {
  const clock = new ManualClock();
  const hands: FakeHand[] = [];
  const logged: string[] = [];
  const crew = new Crew({
    size,
    clock,
    logger: { ...silentLogger, error: (_, message) => logged.push(message) },
    hire: (events) => {
      const orders: Order[] = [];
      const hand = { pid: hands.length, events, orders, say: (order: Order) => orders.push(order) };
      hands.push(hand);
      return hand;
    },
  });
  const listens = (index: number): void => {
    hands[index]?.events.report({ kind: "listening", port: 9000, open: true });
  };
  return { clock, crew, hands, logged, listens };
}

async function startCrew(size = 2) {
  const made = makeCrew(size);
  const started = made.crew.start();
  made.listens(0);
  await Promise.resolve();
  await Promise.resolve();
  for (let index = 1; index < size; index += 1) made.listens(index);
  await started;
  return made;
}

/** What a worker says of a metric. */
const values = (value: number) => [
  {
    name: "n",
    help: "a number",
    type: "gauge",
    aggregator: "sum",
    values: [{ value, labels: {} }],
  },
];

describe("a crew", () => {
  it("hires the others when the first listens, and knows what it says", async () => {
    const { crew, hands } = await startCrew(3);
    expect(hands).toHaveLength(3);
    expect([crew.port, crew.open]).toEqual([9000, true]);
  });

  it("does not start when the first cannot, and says why", async () => {
    const { crew, hands } = makeCrew();
    const started = crew.start();
    hands[0]?.events.report({ kind: "failed", message: "port 1 is taken" });
    hands[0]?.events.ended("1");
    await expect(started).rejects.toThrow("port 1 is taken");
    expect(hands).toHaveLength(1);
  });

  it("replaces who falls, each time later when it falls at once, and at once when it had been steady", async () => {
    const { clock, hands, logged } = await startCrew();
    const hiredAfter = (ms: number): void => {
      const before = hands.length;
      clock.advance(ms - 1);
      expect(hands).toHaveLength(before);
      clock.advance(1);
      expect(hands).toHaveLength(before + 1);
    };
    for (const ms of [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]) {
      hands.at(-1)?.events.ended("SIGKILL");
      hiredAfter(ms);
    }
    clock.advance(10_000);
    hands.at(-1)?.events.ended("SIGKILL");
    const before = hands.length;
    clock.advance(0);
    expect(hands).toHaveLength(before + 1);
    expect(new Set(logged)).toEqual(new Set(["a worker has ended, and is replaced"]));
  });

  it("ends when all have ended, and replaces nobody then", async () => {
    const { clock, crew, hands } = await startCrew();
    hands[0]?.events.ended("SIGKILL");
    const stopped = crew.stop();
    expect(hands[1]?.orders).toEqual([{ kind: "stop" }]);
    crew.force();
    expect(hands[1]?.orders.at(-1)).toEqual({ kind: "force" });
    hands[1]?.events.ended("0");
    await stopped;
    clock.advance(60_000);
    expect(hands).toHaveLength(2);
    await crew.stop();
  });

  it("adds up the metrics of those that answer in time", async () => {
    const { clock, crew, hands } = await startCrew(3);
    const text = crew.metrics();
    const [order] = hands[0]?.orders ?? [];
    expect(order).toEqual({ kind: "metrics", id: 1 });
    hands[0]?.events.report({ kind: "metrics", id: 1, values: values(2) });
    hands[1]?.events.report({ kind: "metrics", id: 1, values: values(3) });
    clock.advance(2000);
    expect(await text).toContain("\nn 5\n");
    // A worker asks for all, and one of them ends meanwhile.
    hands[0]?.events.report({ kind: "join", id: 7 });
    for (const index of [0, 1]) {
      hands[index]?.events.report({ kind: "metrics", id: 2, values: values(1) });
    }
    hands[2]?.events.ended("SIGKILL");
    await expect.poll(() => hands[0]?.orders.at(-1)).toMatchObject({ kind: "joined", id: 7 });
  });
});

describe("sharing ports", () => {
  it.each([
    ["linux", "20.19.0", false],
    ["linux", "22.11.0", false],
    ["linux", "22.12.0", true],
    ["linux", "23.0.0", false],
    ["linux", "26.0.0", true],
    ["darwin", "26.0.0", false],
  ])("on %s with Node.js %s: %s", (platform, version, expected) => {
    expect(sharesPorts(platform, version)).toBe(expected);
  });
});

const count = (value: string): number =>
  workerCount({ workers: { value, source: "flag", name: "--workers" } });

describe("the number of workers", () => {
  it("is a number, or one for each core", () => {
    expect(count("3")).toBe(3);
    expect(count("auto")).toBeGreaterThan(0);
    for (const wrong of ["0", "1025", "-1", "two", ""]) {
      expect(() => count(wrong)).toThrow("--workers takes");
    }
  });
});
