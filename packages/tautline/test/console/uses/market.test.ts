// The market that is made up: the same for everybody, different with another seed, and never nonsense.
import { describe, expect, it } from "vitest";

import { Market, pastTicks } from "../../../src/console/uses/market.ts";

const tick = 3_500_000_000;

describe("the market", () => {
  it("has the same prices at the same time, whoever asks", () => {
    expect(new Market("one").picture(tick)).toEqual(new Market("one").picture(tick));
    expect(new Market("one").picture(tick)).not.toEqual(new Market("other").picture(tick));
  });

  it("moves in small steps, some prices at each tick and not all", () => {
    const market = new Market("one");
    let changes = 0;
    for (let at = tick; at < tick + 100; at += 1) {
      const before = market.picture(at).quotes;
      for (const [index, { price }] of market.picture(at + 1).quotes.entries()) {
        const last = before[index]?.price ?? 0;
        if (price !== last) changes += 1;
        expect(Math.abs(price / last - 1)).toBeLessThan(0.05);
      }
    }
    expect(changes).toBeGreaterThan(100);
    expect(changes).toBeLessThan(700);
  });

  it("stays within a few times of where it began, on any day", () => {
    const market = new Market("one");
    for (let day = 0; day < 400; day += 1) {
      for (const { price, open } of market.picture(tick + day * 172_800).quotes) {
        expect(price).toBeGreaterThan(0);
        expect(price / open).toBeGreaterThan(0.4);
        expect(price / open).toBeLessThan(2.5);
      }
    }
  });

  it("knows what was before: its past ends with its present", () => {
    const market = new Market("one");
    const past = market.past(tick);
    expect(market.past(tick)).toBe(past);
    for (const { symbol, price } of market.picture(tick).quotes) {
      expect(past[symbol]).toHaveLength(pastTicks);
      expect(past[symbol]?.at(-1)).toBe(price);
      const before = market
        .picture(tick - pastTicks + 1)
        .quotes.find((quote) => quote.symbol === symbol);
      expect(past[symbol]?.[0]).toBe(before?.price);
    }
  });
});
