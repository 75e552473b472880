import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Pace } from "../page/shell/pace.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("works at once, then once in a while however often it is asked, and never leaves the last out", () => {
  const work = vi.fn<() => void>();
  const pace = new Pace(work, 100);
  pace.ask();
  expect(work).toHaveBeenCalledTimes(1);
  for (let index = 0; index < 1_000; index += 1) pace.ask();
  expect(work).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(100);
  expect(work).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1_000);
  expect(work).toHaveBeenCalledTimes(2);
  pace.ask();
  expect(work).toHaveBeenCalledTimes(3);
});

it("does nothing more once it is stopped", () => {
  const work = vi.fn<() => void>();
  const pace = new Pace(work, 100);
  pace.ask();
  pace.ask();
  pace.stop();
  vi.advanceTimersByTime(1_000);
  expect(work).toHaveBeenCalledTimes(1);
});
