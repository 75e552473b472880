/**
 * Large compressed messages are inflated elsewhere: nothing overtakes them, and nothing gets lost meanwhile.
 */
import { CompressionPool } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import {
  binary,
  close,
  continuation,
  encode,
  filler,
  more,
  ping,
  text,
  utf8,
} from "../frame-bytes.ts";
import { said, sent } from "../frame-text.ts";
import { CompressedEngine } from "./compressed-engine.ts";
import { deflate, testCodec } from "./test-codec.ts";

const compressed = { reserved: 4 } as const;
const large = "a line that is long enough ".repeat(100);
const largeFrame = text(deflate(utf8(large)), compressed);
/** Everything compressed is inflated elsewhere. */
const elsewhere = { asyncFromBytes: 1 };
const times = { pingIntervalMs: 1000, pongTimeoutMs: 500 };

describe("while a message is inflated", () => {
  test("what comes behind it waits, in the same read and in later ones", () => {
    const engine = new CompressedEngine("server", elsewhere);
    const { observed } = engine;
    observed.receive(text("before"), largeFrame, text("behind"), ping("p"));
    expect(observed.engine.holdsBack).toBe(true);
    observed.receive(text("later"));
    observed.receive(text(deflate(utf8("again")), compressed), text("last"));
    expect([observed.events, observed.output()]).toEqual([[said.text("before")], []]);
    expect(engine.work()).toBe(2);
    expect(observed.engine.holdsBack).toBe(false);
    expect(observed.events).toEqual([
      said.text("before"),
      said.text(large),
      said.text("behind"),
      said.ping("p"),
      said.text("later"),
      said.text("again"),
      said.text("last"),
    ]);
    expect(observed.output()).toEqual([sent.pong("p")]);
  });

  test("being told to go on too early changes nothing", () => {
    const { observed } = new CompressedEngine("client", elsewhere);
    observed.receive(largeFrame);
    observed.engine.proceed(1);
    expect([observed.events, observed.engine.holdsBack]).toEqual([[], true]);
  });

  test("a Close frame behind it is reached, and the end of the transport too", () => {
    const engine = new CompressedEngine("server", elsewhere);
    const { observed } = engine;
    observed.receive(largeFrame, close(1000, "bye"));
    observed.receiveEnd();
    expect(observed.events).toEqual([]);
    engine.work();
    expect(observed.events).toEqual([said.text(large), said.closedCleanly(1000, "bye")]);
    expect(observed.output()).toEqual([sent.close(1000, "bye")]);
  });

  test("the loss of the connection is told after the message", () => {
    const engine = new CompressedEngine("client", elsewhere);
    const { observed } = engine;
    observed.receive(largeFrame);
    observed.receiveEnd(new Error("reset"));
    engine.work();
    expect(observed.events).toEqual([said.text(large), 'closed 1006 "" unclean CONNECTION_LOST']);
  });

  test("the loss of the connection is told even when the message is wrong", () => {
    const engine = new CompressedEngine("server", elsewhere);
    const { observed } = engine;
    observed.receive(binary(Uint8Array.of(0xff), compressed), text("never read"));
    observed.receiveEnd();
    engine.work();
    expect(observed.events).toEqual([
      'closed 1007 "compressed data that cannot be inflated" unclean PROTOCOL_INVALID_DEFLATE',
    ]);
  });

  test("the connection can be given up, and the message comes to nothing", () => {
    const engine = new CompressedEngine("server", elsewhere);
    const { observed } = engine;
    observed.receive(largeFrame, text("behind"));
    observed.close(1000).pass(10_000);
    expect(engine.work()).toBe(0);
    expect(observed.events).toEqual(['closed 1006 "" unclean CONNECTION_CLOSE_TIMEOUT']);
  });

  test("silence of the peer means nothing, for nobody reads", () => {
    const engine = new CompressedEngine("server", elsewhere, times);
    const { observed } = engine;
    observed.receive(largeFrame).pass(60_000);
    observed.pass(60_000).pass(60_000);
    expect(observed.events).toEqual([]);
    engine.work();
    observed.pass(60_000).pass(500);
    expect(observed.events).toEqual([
      said.text(large),
      'closed 1006 "" unclean CONNECTION_PONG_TIMEOUT',
    ]);
  });

  test("an application that does not read either is not woken by it", () => {
    const engine = new CompressedEngine("server", elsewhere, times);
    const { observed } = engine;
    observed.receive(largeFrame);
    observed.engine.suspendReceiving();
    observed.engine.resumeReceiving(1);
    observed.pass(60_000).pass(60_000);
    observed.engine.suspendReceiving();
    engine.work();
    observed.pass(60_000).pass(60_000);
    expect(observed.events).toEqual([said.text(large)]);
    observed.engine.resumeReceiving(observed.now);
    observed.pass(60_000).pass(500);
    expect(observed.events.length).toBe(2);
  });

  test("a binary message that comes back is handed on as it is, a fragmented one too", () => {
    const engine = new CompressedEngine("server", elsewhere);
    const { observed } = engine;
    const deflated = deflate(filler(3000));
    observed.receive(
      binary(deflated.subarray(0, 7), { ...compressed, ...more }),
      continuation(deflated.subarray(7)),
      binary(deflated, compressed),
    );
    engine.work();
    expect(observed.events).toEqual([said.binary(filler(3000)), said.binary(filler(3000))]);
  });
});

describe("the memory for it", () => {
  /** Far less than any message could need. */
  const little = { maxBytes: 1 };

  test("is taken for one message at a time, in the order in which they came", () => {
    const codec = testCodec();
    const pool = new CompressionPool(codec, little);
    const engines = Array.from(
      { length: 3 },
      () => new CompressedEngine("server", { ...elsewhere, codec, pool }),
    );
    for (const { observed } of engines) observed.receive(largeFrame);
    expect(codec.waiting.length).toBe(1);
    expect(pool.budget.usedBytes).toBeGreaterThan(large.length);
    for (const engine of engines) engine.work();
    for (const { observed } of engines) expect(observed.events).toEqual([said.text(large)]);
    expect(pool.budget.usedBytes).toBe(0);
  });

  test("is not taken for a connection that has gone meanwhile", () => {
    const codec = testCodec();
    const pool = new CompressionPool(codec, little);
    const first = new CompressedEngine("server", { ...elsewhere, codec, pool });
    const second = new CompressedEngine("server", { ...elsewhere, codec, pool });
    first.observed.receive(largeFrame);
    second.observed.receive(largeFrame);
    second.observed.close(1000).pass(10_000);
    expect(first.work()).toBe(1);
    expect([codec.waiting.length, pool.budget.usedBytes]).toEqual([0, 0]);
  });

  test("of a small message that turns out to be large is taken, and its work is done elsewhere", () => {
    const engine = new CompressedEngine("server");
    const { observed } = engine;
    const message = new Uint8Array(300 * 1024);
    const chunk = encode([binary(deflate(message), compressed)], "server");
    observed.receiveBytes(chunk);
    expect([observed.events, engine.codec.waiting.length]).toEqual([[], 1]);
    engine.work();
    expect(observed.events).toEqual([said.binary(message)]);
  });
});
