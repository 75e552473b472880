import { describe, expect, it } from "vitest";

import { clockOffset } from "../../page/pages/lab/clock-offset.ts";

describe("the offset of clocks", () => {
  it("is that of the quickest round trip, and wrong by half of it at most", () => {
    const trips = [
      { askedAt: 1000, heardAt: 1100, serverTime: 6090 },
      { askedAt: 2000, heardAt: 2010, serverTime: 7004 },
      { askedAt: 3000, heardAt: 3400, serverTime: 8399 },
    ];
    expect(clockOffset(trips)).toEqual({ offsetMs: 4999, errorMs: 5 });
  });

  it("may be negative", () => {
    expect(clockOffset([{ askedAt: 5000, heardAt: 5002, serverTime: 1 }])).toEqual({
      offsetMs: -5000,
      errorMs: 1,
    });
  });

  it("holds whatever part of the trip is slow, within its error", () => {
    const [ahead, tripMs] = [250, 80];
    for (const there of [0, 10, 40, 79, 80]) {
      const serverTime = 1000 + there + ahead;
      const found = clockOffset([{ askedAt: 1000, heardAt: 1000 + tripMs, serverTime }]);
      expect(Math.abs((found?.offsetMs ?? 0) - ahead)).toBeLessThanOrEqual(found?.errorMs ?? 0);
    }
  });

  it("is not known without a round trip", () => expect(clockOffset([])).toBeUndefined());
});
