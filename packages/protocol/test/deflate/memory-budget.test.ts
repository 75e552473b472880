/**
 * Memory that many share: who can do without is refused, who cannot waits.
 */
import { expect, test } from "vitest";
import { MemoryBudget } from "../../src/deflate/memory-budget.ts";

test("those who can do without get it or not", () => {
  const budget = new MemoryBudget(100);
  expect([budget.tryTake(60), budget.tryTake(41), budget.tryTake(40)]).toEqual([true, false, true]);
  expect(budget.usedBytes).toBe(100);
  budget.give(60);
  expect([budget.usedBytes, budget.tryTake(60)]).toEqual([40, true]);
});

test("those who cannot wait in line, and get it in order", () => {
  const budget = new MemoryBudget(100);
  const begun: string[] = [];
  const releases = new Map<string, () => void>();
  for (const [name, byteLength] of [
    ["a", 70],
    ["b", 50],
    ["c", 10],
  ] as const) {
    budget.whenFree(byteLength, (release) => {
      begun.push(name);
      releases.set(name, release);
    });
  }
  // "c" would fit, but it does not overtake "b".
  expect([begun, budget.usedBytes]).toEqual([["a"], 70]);
  releases.get("a")?.();
  expect([begun, budget.usedBytes]).toEqual([["a", "b", "c"], 60]);
  releases.get("b")?.();
  releases.get("c")?.();
  expect(budget.usedBytes).toBe(0);
});

test("one of those who wait goes on whatever it asks for", () => {
  const budget = new MemoryBudget(100);
  expect(budget.tryTake(90)).toBe(true);
  const begun: string[] = [];
  const releases: (() => void)[] = [];
  budget.whenFree(1000, (giveBack) => {
    begun.push("huge");
    releases.push(giveBack);
  });
  budget.whenFree(5, () => begun.push("small"));
  expect(begun).toEqual(["huge"]);
  releases[0]?.();
  expect([begun, budget.usedBytes]).toEqual([["huge", "small"], 95]);
});

test("those who would wait for a peer get it at once, and leave less to the others", () => {
  const budget = new MemoryBudget(100);
  budget.take(80);
  expect([budget.tryTake(21), budget.usedBytes]).toEqual([false, 80]);
  budget.take(80);
  expect(budget.usedBytes).toBe(160);
  const begun: string[] = [];
  budget.whenFree(10, () => begun.push("first"));
  budget.whenFree(10, () => begun.push("second"));
  expect(begun).toEqual(["first"]);
  budget.give(160);
  expect([begun, budget.usedBytes]).toEqual([["first", "second"], 20]);
});
