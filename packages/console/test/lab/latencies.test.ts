import { describe, expect, it } from "vitest";

import { Latencies, percentile } from "../../page/pages/lab/latencies.ts";

const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

describe("a percentile", () => {
  const rows = [
    { name: "the median of an odd number", sorted: [1, 5, 9], percent: 50, is: 5 },
    {
      name: "the median of an even number, one of those measured",
      sorted: [1, 5],
      percent: 50,
      is: 1,
    },
    { name: "of one value", sorted: [7], percent: 99, is: 7 },
    { name: "p99 of a hundred", sorted: hundred, percent: 99, is: 99 },
    { name: "p99 of fewer, the largest", sorted: hundred.slice(0, 60), percent: 99, is: 60 },
    { name: "p100", sorted: hundred, percent: 100, is: 100 },
    { name: "p0", sorted: hundred, percent: 0, is: 1 },
    { name: "of nothing", sorted: [], percent: 50, is: undefined },
  ];
  for (const { name, sorted, percent, is } of rows) {
    it(`is nearest rank: ${name}`, () => expect(percentile(sorted, percent)).toBe(is));
  }
});

describe("the latencies of a run", () => {
  it("count an update once, however often it comes", () => {
    const latencies = new Latencies();
    latencies.add(1, 10);
    latencies.add(1, 500);
    latencies.add(2, 30);
    expect([latencies.delivered, latencies.percentile(99)]).toEqual([2, 30]);
    latencies.add(3, 40);
    expect(latencies.percentile(99)).toBe(40);
  });

  it("give the median of what has come since the last look", () => {
    const latencies = new Latencies();
    expect(latencies.takeMedian()).toBeUndefined();
    for (const [update, latency] of [9, 1, 5].entries()) latencies.add(update, latency);
    expect(latencies.takeMedian()).toBe(5);
    expect(latencies.takeMedian()).toBeUndefined();
    expect(latencies.percentile(50)).toBe(5);
  });
});
