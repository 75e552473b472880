import { BlockPool, Opcode, UsageError, prepareMessage } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { CompressedEngine } from "./deflate/compressed-engine.ts";
import { deterministicPlatform } from "./deterministic-platform.ts";
import { filler, joined, ping, utf8 } from "./frame-bytes.ts";
import { said, sent } from "./frame-text.ts";
import { ObservedEngine } from "./observed-engine.ts";

describe("output", () => {
  test("is counted from when it is queued until it is written", () => {
    const { engine } = new ObservedEngine("server");
    expect(engine).toMatchObject({ bufferedBytes: 0, hasOutput: false });
    engine.sendText("12345");
    expect(engine).toMatchObject({ bufferedBytes: 7, hasOutput: true });
    engine.takeOutput();
    expect(engine).toMatchObject({ bufferedBytes: 7, hasOutput: false });
    engine.sendText("1");
    expect(engine).toMatchObject({ bufferedBytes: 10, hasOutput: true });
    engine.outputWritten();
    expect(engine).toMatchObject({ bufferedBytes: 3, hasOutput: true });
  });

  test("of one turn leaves in one piece", () => {
    const { engine } = new ObservedEngine("server");
    for (let message = 0; message < 100; message++) engine.sendText("some text");
    expect(engine.takeOutput()).toHaveLength(1);
  });

  test("is taken one batch at a time", () => {
    const { engine } = new ObservedEngine("server");
    engine.sendText("first");
    engine.takeOutput();
    engine.sendText("second");
    expect(() => engine.takeOutput()).toThrow(UsageError);
  });

  test("that is reported written without having been taken changes nothing", () => {
    const observed = new ObservedEngine("server");
    observed.engine.sendText("kept");
    observed.engine.outputWritten();
    expect(observed.output()).toEqual([sent.text("kept")]);
  });

  test("that waits behind a batch in flight comes out whole, whatever its sizes", () => {
    const observed = new ObservedEngine("server");
    observed.engine.sendText("in flight");
    observed.engine.takeOutput();
    const sizes = [10, 3000, 2000, 9000, 40_000, 100, 15_000, 70_000, 1];
    for (const size of sizes) observed.engine.sendBinary(filler(size));
    observed.engine.outputWritten();
    expect(observed.output()).toEqual(sizes.map((size) => sent.binary(filler(size))));
  });

  test("that waits behind a batch in flight does not take a block for a few bytes", () => {
    const observed = new ObservedEngine("server");
    observed.engine.sendText("in flight");
    observed.engine.takeOutput();
    const before = observed.platform.allocatedBytes;
    observed.engine.sendText("waits");
    expect(observed.platform.allocatedBytes - before).toBeLessThanOrEqual(4096);
  });

  test("in flight is not overwritten by what is queued meanwhile", () => {
    const { engine } = new ObservedEngine("server");
    engine.sendText("in flight");
    const batch = engine.takeOutput();
    const before = joined(batch);
    for (let message = 0; message < 5000; message++) engine.sendText("meanwhile, other text");
    expect(joined(batch)).toEqual(before);
  });

  test("uses memory again once it is written", () => {
    const observed = new ObservedEngine("server");
    for (let turn = 0; turn < 50; turn++) {
      observed.engine.sendText("turn");
      observed.written();
    }
    expect(observed.platform.allocatedBytes).toBeLessThanOrEqual(64 * 1024);
  });

  test("of many connections in one turn takes a few blocks from a pool that all share, and little memory beyond", () => {
    const platform = deterministicPlatform();
    const blocks = new BlockPool(platform);
    const many = Array.from({ length: 40 }, () => new ObservedEngine("server", { blocks }));
    for (let turn = 0; turn < 2; turn++) {
      for (const { engine } of many) engine.sendText("to all");
      for (const observed of many) expect(observed.output()).toEqual([sent.text("to all")]);
    }
    expect(platform.allocatedBytes).toBe(16 * 64 * 1024 + 24 * 4 * 1024);
  });

  test("of a long text leaves its memory to the next one, if that is not longer, nor much shorter", () => {
    const platform = deterministicPlatform();
    const observed = new ObservedEngine("server", { blocks: new BlockPool(platform) });
    const send = (byteLength: number): number => {
      const before = platform.allocatedBytes;
      observed.engine.sendText("x".repeat(byteLength));
      expect(observed.output()).toEqual([sent.text("x".repeat(byteLength))]);
      return platform.allocatedBytes - before;
    };
    expect(send(100_000)).toBe(100_010);
    expect([send(100_000), send(70_000), send(100_000)]).toEqual([0, 0, 0]);
    expect([send(300_000), send(300_000)]).toEqual([300_010, 0]);
    expect([send(70_000), send(90_000)]).toEqual([70_010, 0]);
    expect([send(3_000_000), send(3_000_000)]).toEqual([3_000_010, 3_000_010]);
  });

  test("of prepared messages waits in their own memory, up to a few", () => {
    const platform = deterministicPlatform();
    const observed = new ObservedEngine("server", { blocks: new BlockPool(platform) });
    const message = prepareMessage("to all", platform);
    for (let index = 0; index < 15; index += 1) observed.engine.sendPrepared(message);
    const batch = observed.engine.takeOutput();
    expect(batch.every((piece) => piece === message.frame)).toBe(true);
    observed.engine.outputWritten();
    for (let index = 0; index < 40; index += 1) observed.engine.sendPrepared(message);
    observed.engine.sendText("and one");
    expect(observed.engine.takeOutput()).toHaveLength(17);
    observed.engine.outputWritten();
    observed.engine.sendText("first");
    observed.engine.sendPrepared(message);
    expect(observed.output()).toEqual([sent.text("first"), sent.text("to all")]);
  });

  test("of a large prepared message waits in its own memory behind others too", () => {
    const observed = new ObservedEngine("server");
    const message = prepareMessage("x".repeat(20_000), observed.platform);
    observed.engine.sendText("first");
    observed.engine.sendPrepared(message);
    expect(observed.engine.takeOutput()[1]).toBe(message.frame);
  });
});

describe("a pool", () => {
  test("keeps no more than a few of the blocks that come back", () => {
    const platform = deterministicPlatform();
    const blocks = new BlockPool(platform);
    for (let round = 1; round <= 2; round += 1) {
      const lent = Array.from({ length: 20 }, () => blocks.acquire());
      for (const block of lent) blocks.release(block);
    }
    expect(platform.allocatedBytes).toBe((20 + 4) * 64 * 1024);
  });
});

describe("the high-water mark", () => {
  test("is what send answers by", () => {
    const { engine } = new ObservedEngine("server", { highWaterMarkBytes: 20 });
    expect(engine.sendText("x".repeat(17))).toBe(true);
    expect(engine.sendText("")).toBe(false);
    engine.takeOutput();
    expect(engine.sendBinary(filler(1))).toBe(false);
    engine.outputWritten();
    expect(engine.sendText("again")).toBe(true);
  });

  test("of 0 lets no send through unanswered", () => {
    expect(new ObservedEngine("server", { highWaterMarkBytes: 0 }).engine.sendText("")).toBe(false);
  });
});

describe("a peer that does not read [RFC6455-10.4-1]", () => {
  test("may have exactly maxQueuedBytes waiting for it", () => {
    const observed = new ObservedEngine("server", { maxQueuedBytes: 100 });
    observed.engine.sendText("x".repeat(98));
    expect(observed.engine).toMatchObject({ state: "open", bufferedBytes: 100 });
  });

  test("and pings is answered with the last pongs only [RFC6455-5.5.2-1]", () => {
    const observed = new ObservedEngine("server", { maxPendingPongs: 3 });
    observed.engine.sendText("in flight");
    observed.engine.takeOutput();
    const pings = Array.from({ length: 1000 }, (_, index) => `${index}`);
    observed.receive(...pings.map((payload) => ping(payload)));
    expect(observed.events).toEqual(pings.map((payload) => said.ping(payload)));
    expect(observed.engine.hasOutput).toBe(true);
    observed.engine.outputWritten();
    expect(observed.output()).toEqual([sent.pong("997"), sent.pong("998"), sent.pong("999")]);
  });

  test("and pings before anything is taken is held to the high-water mark and the last pongs", () => {
    const observed = new ObservedEngine("server", { highWaterMarkBytes: 300, maxPendingPongs: 2 });
    const payload = filler(98);
    for (let count = 0; count < 1000; count++) observed.receive(ping(payload));
    expect(observed.engine.bufferedBytes).toBe(300);
    expect(observed.output()).toEqual(Array(5).fill(sent.pong(payload)));
  });
});

function large(): Uint8Array {
  return filler(20_000);
}

/** Gives memory away, as a transfer to another thread does. */
function detach({ buffer }: Uint8Array): void {
  structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
}

describe("bytes that are detached before they are taken", () => {
  test("fail the connection with 1011, in a frame that is whole", () => {
    const observed = new ObservedEngine("server");
    const bytes = large();
    observed.engine.sendText("before");
    observed.engine.sendBinary(bytes);
    observed.engine.sendText("behind");
    detach(bytes);
    expect(observed.output()).toEqual([
      sent.close(1011, "bytes were detached from their owner before they were written"),
    ]);
    observed.receiveEnd();
    expect([observed.events, observed.engine.bufferedBytes]).toEqual([
      [
        'closed 1011 "bytes were detached from their owner before they were written" unclean USAGE_PAYLOAD_DETACHED',
      ],
      0,
    ]);
  });

  test("leave nothing to be written once the connection is closing or closed", () => {
    for (const end of ["close", "receiveEnd"] as const) {
      const observed = new ObservedEngine("server");
      const bytes = large();
      observed.engine.sendBinary(bytes);
      observed[end]();
      detach(bytes);
      expect([observed.engine.hasOutput, observed.output()]).toEqual([true, []]);
      expect(observed.engine.hasOutput).toBe(false);
    }
  });

  test("do no harm where they have been copied: a client's, and small ones", () => {
    const client = new ObservedEngine("client");
    const bytes = large();
    client.engine.sendBinary(bytes);
    detach(bytes);
    expect(client.output()).toEqual([sent.binary(large())]);
    const server = new ObservedEngine("server");
    const small = filler(1000);
    server.engine.sendBinary(small);
    detach(small);
    expect(server.output()).toEqual([sent.binary(filler(1000))]);
  });

  test("do no harm where they wait for something else", () => {
    const observed = new ObservedEngine("server");
    const [behind, part] = [large(), large()];
    observed.engine.sendFragment({ opcode: Opcode.text, payload: utf8("a"), fin: false });
    observed.engine.sendBinary(behind);
    detach(behind);
    observed.engine.sendFragment({ opcode: Opcode.continuation, payload: part, fin: true });
    expect(observed.output().at(-1)).toBe(sent.binary(large()));
    const compressed = new CompressedEngine("server", { asyncFromBytes: 1 });
    const { engine } = compressed.observed;
    const [message, fragment] = [large(), large()];
    engine.sendBinary(message);
    engine.sendFragment({ opcode: Opcode.binary, payload: fragment, fin: true });
    detach(message);
    detach(fragment);
    compressed.work();
    expect(compressed.observed.output().at(-1)).toBe(sent.binary(large()));
    expect(engine.bufferedBytes).toBe(0);
  });
});
