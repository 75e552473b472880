import { describe, expect, test } from "vitest";
import { binary, continuation, encode, filler, joined, more, text } from "./frame-bytes.ts";
import { said } from "./frame-text.ts";
import { ObservedEngine } from "./observed-engine.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

describe("memory for a message that comes in pieces", () => {
  test("follows what has arrived, not what was announced [RFC6455-10.4-1]", () => {
    const observed = new ObservedEngine("server");
    const announced = encode([binary(filler(0), { claimedLength: BigInt(16 * MiB) })], "server");
    observed.receiveBytes(joined([announced, filler(10)]));
    expect(observed.platform.allocatedBytes).toBeLessThanOrEqual(4 * KiB);
    observed.receiveBytes(filler(100 * KiB));
    expect(observed.platform.allocatedBytes).toBeLessThanOrEqual(200 * KiB);
  });

  test("is small for a small first fragment", () => {
    const observed = new ObservedEngine("server").receive(text("a", more));
    expect(observed.platform.allocatedBytes).toBeLessThanOrEqual(4 * KiB);
  });

  test("is exact when the whole length is known from one frame", () => {
    const observed = new ObservedEngine("server");
    const bytes = encode([binary(filler(1000))], "server");
    observed.receiveBytes(bytes.subarray(0, 500)).receiveBytes(bytes.subarray(500));
    expect(observed.platform.allocatedBytes).toBe(1000);
    expect(observed.events).toEqual([said.binary(filler(1000))]);
  });

  test("stays in proportion to a message of very many fragments", () => {
    const observed = new ObservedEngine("server");
    const fragment = filler(64);
    const count = 16_384;
    observed.receive(binary(fragment, more));
    for (let index = 2; index < count; index++) observed.receive(continuation(fragment, more));
    observed.receive(continuation(fragment));
    expect(observed.events).toEqual([said.binary(joined(Array(count).fill(fragment)))]);
    expect(observed.platform.allocatedBytes).toBeLessThanOrEqual(8 * MiB);
  });

  test("never exceeds the limit on messages", () => {
    const observed = new ObservedEngine("server", { maxMessageBytes: 100 * KiB });
    observed.receive(binary(filler(60 * KiB), more), continuation(filler(40 * KiB), more));
    observed.receive(continuation(filler(0)));
    expect(observed.events).toEqual([said.binary(joined([filler(60 * KiB), filler(40 * KiB)]))]);
    expect(observed.platform.largestAllocation).toBeLessThanOrEqual(100 * KiB);
  });
});

test("a message belongs to its receiver: later messages and chunks leave it as it is", () => {
  const received: Uint8Array[] = [];
  const observed = new ObservedEngine("server");
  const pieces = [
    binary(filler(100)),
    binary(filler(50), more),
    continuation(filler(50)),
    binary(filler(100)),
  ];
  const keep = (message: Uint8Array) => received.push(message);
  observed.handle({ binary: keep });
  observed.receive(...pieces).receive(...pieces);
  const twice = joined([filler(50), filler(50)]);
  expect(received).toEqual([filler(100), twice, filler(100), filler(100), twice, filler(100)]);
});

test("a message of empty fragments is empty, first of all and behind others", () => {
  const observed = new ObservedEngine("server");
  const empty = [text("", more), continuation(""), binary(filler(0), more), continuation("")];
  const full = [text("a", more), continuation("b"), binary(filler(1), more), continuation("")];
  observed.receive(...empty, ...full, ...empty);
  const nothing = [said.text(""), said.binary(filler(0))];
  expect(observed.events).toEqual([
    ...nothing,
    said.text("ab"),
    said.binary(filler(1)),
    ...nothing,
  ]);
});
