/**
 * What a peer can cost by sending frames that are allowed, without end: memory that this side asks for.
 */
import { describe, expect, test } from "vitest";
import { binary, continuation, encode, filler, more, ping, pong, text } from "./frame-bytes.ts";
import { fails, sent } from "./frame-text.ts";
import { ObservedEngine } from "./observed-engine.ts";

const KiB = 1024;

describe("fragments without end [RFC6455-10.4-1]", () => {
  test.each([
    { name: "of one byte", payload: "x" },
    { name: "that are empty", payload: "" },
  ])("$name are refused after maxFragments, and cost little until then", ({ payload }) => {
    const observed = new ObservedEngine("server").receive(text(payload, more));
    const fragments = encode(
      Array.from({ length: 1024 }, () => continuation(payload, more)),
      "server",
    );
    for (let round = 0; round < 20; round++) observed.receiveBytes(fragments);
    expect(observed.platform.allocatedBytes).toBeLessThan(128 * KiB);
    const { events, output } = fails("LIMIT_FRAGMENTS");
    expect(observed.output()).toEqual(output);
    observed.receiveEnd();
    expect(observed.events).toEqual(events);
  });
});

test("a large frame that comes byte by byte costs memory in proportion to its length", () => {
  const byteLength = 512 * KiB;
  const observed = new ObservedEngine("server");
  const bytes = encode([binary(filler(byteLength))], "server");
  const one = new Uint8Array(1);
  for (const byte of bytes) {
    one[0] = byte;
    observed.engine.receive(one, 0);
  }
  expect(observed.events).toHaveLength(1);
  expect(observed.platform.allocatedBytes).toBeLessThan(2 * byteLength);
});

function clogged(): ObservedEngine {
  const observed = new ObservedEngine("server");
  observed.engine.sendText("in flight");
  observed.engine.takeOutput();
  return observed;
}

describe("a peer that does not read", () => {
  const pings = Array.from({ length: 1000 }, () => ping(filler(125)));

  test("and pings without end has maxPendingPongs waiting for it, and no output", () => {
    const observed = clogged();
    for (let round = 0; round < 20; round++) observed.receive(...pings);
    expect(observed.engine.bufferedBytes).toBe(11);
    observed.engine.outputWritten();
    expect(observed.output()).toEqual(Array.from({ length: 16 }, () => sent.pong(filler(125))));
  });

  test("and pings without end while it is being closed, too", () => {
    const observed = clogged().close(1000);
    for (let round = 0; round < 20; round++) observed.receive(...pings);
    expect(observed.engine.bufferedBytes).toBe(11 + 4);
    observed.engine.outputWritten();
    // §5.5.2: a ping is answered until the peer's Close has come.
    expect(observed.output()).toEqual([
      sent.close(1000),
      ...Array.from({ length: 16 }, () => sent.pong(filler(125))),
    ]);
    observed.pass(10_000);
    expect(observed.events.at(-1)).toBe(fails("CONNECTION_CLOSE_TIMEOUT").events[0]);
  });

  test("and sends pongs without end makes nothing wait", () => {
    const observed = clogged();
    const pongs = Array.from({ length: 1000 }, () => pong(filler(125)));
    for (let round = 0; round < 20; round++) observed.receive(...pongs);
    expect(observed.engine).toMatchObject({ state: "open", bufferedBytes: 11, hasOutput: false });
  });
});
