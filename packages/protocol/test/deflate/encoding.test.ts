/**
 * RFC 7692 §6.1 and §7.2.1: messages that are sent compressed, or better not.
 */
import type { PreparedMessage } from "@tautline/protocol";
import { CompressionPool, prepareMessage } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { deterministicPlatform } from "../deterministic-platform.ts";
import { close, continuation, filler, ping, utf8 } from "../frame-bytes.ts";
import type { ReadFrame } from "../frame-bytes.ts";
import { said, sent } from "../frame-text.ts";
import type { CompressedOptions } from "./compressed-engine.ts";
import { CompressedEngine } from "./compressed-engine.ts";
import { deflate, inflate, testCodec, unhappyBytes } from "./test-codec.ts";

const line = "a line that says the same again and again, ".repeat(30);
const other = "something else that is said more than once, ".repeat(30);
const noTakeover = { agreed: "server_no_context_takeover; client_no_context_takeover" };
/** Everything is compressed elsewhere. */
const elsewhere = { asyncFromBytes: 1 };

function prepared(data: string | Uint8Array): PreparedMessage {
  return prepareMessage(data, deterministicPlatform());
}

/** What the peer reads, with the history it has; a dash for what came as it was. */
function read(frames: readonly ReadFrame[], keepsHistory = true): string[] {
  let history: Uint8Array = new Uint8Array(0);
  return frames.map(({ payload, reserved, opcode }) => {
    if (opcode > 2) return `control ${opcode}`;
    if (reserved === 0) return `- ${Buffer.from(payload).toString()}`;
    expect(reserved).toBe(4);
    const message = inflate(payload, keepsHistory ? { dictionary: history } : {});
    if (typeof message === "string") return message;
    history = Buffer.concat([history, message]);
    return Buffer.from(message).toString();
  });
}

describe("a message", () => {
  test.each(["server", "client"] as const)(
    "of a %s is compressed, with RSV1 [RFC7692-6.1-1, RFC7692-7.2.1-1, RFC7692-7.2.1-2]",
    (role) => {
      const { observed } = new CompressedEngine(role);
      expect(observed.engine.sendText(line)).toBe(true);
      expect(observed.engine.sendBinary(utf8(other))).toBe(true);
      const frames = observed.frames();
      expect(read(frames)).toEqual([line, other]);
      expect(frames.map(({ fin, opcode }) => [fin, opcode])).toEqual([
        [true, 1],
        [true, 2],
      ]);
      // The four bytes of the empty block at the end do not travel.
      for (const { payload } of frames) {
        expect([...payload.subarray(-4)]).not.toEqual([0, 0, 0xff, 0xff]);
        expect(payload.byteLength).toBeLessThan(200);
      }
    },
  );

  test("below the threshold is sent as it is [RFC7692-6.1-2]", () => {
    const { observed } = new CompressedEngine("server", { thresholdBytes: 100 });
    observed.engine.sendText("ä".repeat(49));
    observed.engine.sendBinary(utf8("b".repeat(99)));
    observed.engine.sendText("ä".repeat(50));
    const frames = observed.frames();
    expect(frames.map(({ reserved }) => reserved)).toEqual([0, 0, 4]);
  });

  test("that is empty is sent as it is [RFC7692-6.1-2]", () => {
    const { observed } = new CompressedEngine("server", { thresholdBytes: 0 });
    observed.engine.sendText("");
    observed.engine.sendBinary(filler(0));
    expect(observed.output()).toEqual([sent.text(""), sent.binary(filler(0))]);
  });

  test("that the caller does not want compressed is sent as it is [RFC7692-6.1-2]", () => {
    const { observed } = new CompressedEngine("server");
    observed.engine.sendText(line, false);
    observed.engine.sendBinary(utf8(line), false);
    observed.engine.sendPrepared(prepared(line), false);
    expect(read(observed.frames())).toEqual([`- ${line}`, `- ${line}`, `- ${line}`]);
  });

  test("that would get longer is sent as it is, and nothing refers to it later", () => {
    const { observed } = new CompressedEngine("server");
    observed.engine.sendText(line);
    observed.engine.sendText("short");
    observed.engine.sendBinary(utf8("short"));
    observed.engine.sendText("short");
    observed.engine.sendText(line);
    expect(read(observed.frames())).toEqual([line, "- short", "- short", "- short", line]);
  });

  test("that cannot be compressed is sent as it is, wherever it was tried", () => {
    const text = "x".repeat(unhappyBytes);
    for (const options of [noTakeover, { ...noTakeover, ...elsewhere }]) {
      const engine = new CompressedEngine("server", options);
      engine.observed.engine.sendText(text);
      engine.work();
      expect(read(engine.observed.frames())).toEqual([`- ${text}`]);
    }
  });

  test("longer than a block of output memory is compressed at once, when that is wanted", () => {
    const { observed } = new CompressedEngine("server", { asyncFromBytes: 2 ** 30 });
    const long = line.repeat(100);
    observed.engine.sendText(long);
    expect(read(observed.frames())).toEqual([long]);
  });

  test("may be changed by the caller as soon as it is sent, on a client", () => {
    const engine = new CompressedEngine("client", elsewhere);
    const bytes = utf8(line.repeat(20));
    engine.observed.engine.sendBinary(bytes);
    const small = utf8("behind it");
    engine.observed.engine.sendBinary(small, false);
    bytes.fill(0);
    small.fill(0);
    engine.work();
    expect(read(engine.observed.frames())).toEqual([line.repeat(20), "- behind it"]);
  });
});

describe("a history", () => {
  test("makes the same message far smaller the second time [RFC7692-7.2.1-4]", () => {
    const { observed } = new CompressedEngine("server");
    observed.engine.sendText(line);
    observed.engine.sendText(line);
    const [first, second] = observed.frames();
    expect(second?.payload.byteLength).toBeLessThan((first?.payload.byteLength ?? 0) / 2);
  });

  test.each([
    ["server", "server_no_context_takeover"],
    ["client", "client_no_context_takeover"],
  ] as const)("is not used by a %s that agreed on %s [RFC7692-7.2.1-4]", (role, agreed) => {
    const { observed } = new CompressedEngine(role, { agreed });
    observed.engine.sendText(line);
    observed.engine.sendText(line);
    const frames = observed.frames();
    expect(read(frames, false)).toEqual([line, line]);
  });

  test("is not used by a side that does not want to, whatever was agreed", () => {
    const { observed } = new CompressedEngine("server", { contextTakeover: false });
    observed.engine.sendText(line);
    observed.engine.sendText(line);
    expect(read(observed.frames(), false)).toEqual([line, line]);
  });

  test.each(["server", "client"] as const)(
    "of a %s is never longer than the window that was agreed on [RFC7692-7.2.1-3, RFC7692-7.2.1-5]",
    (role) => {
      const { observed } = new CompressedEngine(role, { agreed: `${role}_max_window_bits=8` });
      const noise = Buffer.from(filler(700)).toString("base64");
      observed.engine.sendText(noise);
      observed.engine.sendText(noise);
      let history: Uint8Array = new Uint8Array(0);
      for (const { payload } of observed.frames()) {
        const message = inflate(payload, { dictionary: history, windowBits: 8 });
        if (typeof message === "string") throw new Error(message);
        expect(Buffer.from(message).toString()).toBe(noise);
        history = message;
      }
    },
  );

  test("begins anew after a message that was compressed without it", () => {
    const engine = new CompressedEngine("server", { asyncFromBytes: 5000 });
    const { engine: sender } = engine.observed;
    const long = line.repeat(10);
    sender.sendText(line);
    sender.sendText(long);
    engine.work();
    sender.sendText(line);
    sender.sendPrepared(prepared(other));
    sender.sendText(line);
    sender.sendText(other);
    expect(read(engine.observed.frames())).toEqual([line, long, line, other, line, other]);
  });

  test("is given up when there is no memory for it, and each message stands alone", () => {
    const codec = testCodec();
    const pool = new CompressionPool(codec, { maxBytes: 1000 });
    const { observed } = new CompressedEngine("server", { codec, pool });
    observed.engine.sendText(line);
    observed.engine.sendText(line);
    expect(read(observed.frames(), false)).toEqual([line, line]);
    expect(pool.leases).toBe(0);
  });

  test("is given up when the connection was silent, and begins anew", () => {
    const codec = testCodec();
    const pool = new CompressionPool(codec);
    const { observed } = new CompressedEngine("server", { codec, pool });
    observed.engine.sendText(line);
    pool.releaseIdle();
    pool.releaseIdle();
    expect([pool.leases, codec.open.size]).toEqual([0, 0]);
    observed.engine.sendText(line);
    expect(read(observed.frames())).toEqual([line, line]);
    expect(pool.leases).toBe(1);
    observed.receive(close(1000)).receiveEnd();
    expect([pool.leases, pool.budget.usedBytes]).toEqual([0, 0]);
  });
});

describe("while a message is compressed elsewhere", () => {
  test("later messages and the Close frame line up behind it, pings and pongs pass", () => {
    const engine = new CompressedEngine("server", { asyncFromBytes: 1000, thresholdBytes: 100 });
    const { observed } = engine;
    const { engine: sender } = observed;
    expect(sender.bufferedBytes).toBe(0);
    sender.sendText(line);
    expect([sender.hasOutput, sender.bufferedBytes]).toEqual([false, line.length]);
    sender.sendText("small text");
    sender.sendBinary(utf8("small binary"));
    sender.sendBinary(utf8("middle ".repeat(40)));
    sender.sendPrepared(prepared("small prepared"));
    sender.sendPrepared(prepared(other), false);
    sender.sendText(other);
    sender.ping(utf8("ping"));
    observed.receive(ping("p"));
    observed.close(1001, "over");
    sender.sendText("too late");
    expect(sender.bufferedBytes).toBeGreaterThan(line.length + 2 * other.length);
    expect(observed.output()).toEqual([sent.ping("ping"), sent.pong("p")]);
    engine.work();
    const frames = observed.frames();
    expect(read(frames)).toEqual([
      line,
      "- small text",
      "- small binary",
      "middle ".repeat(40),
      "- small prepared",
      `- ${other}`,
      other,
      "control 8",
    ]);
    expect(sender.bufferedBytes).toBe(0);
  });

  test("what waits counts for the high-water mark and the limit", () => {
    const engine = new CompressedEngine("server", elsewhere, {
      highWaterMarkBytes: 2000,
      maxQueuedBytes: 3000,
    });
    const { engine: sender } = engine.observed;
    expect([sender.sendText(line), sender.sendText(line)]).toEqual([true, false]);
    expect(sender.sendText(line)).toBe(false);
    // What waited is dropped, so that the Close frame comes next.
    expect(read(engine.observed.frames())).toEqual(["control 8"]);
    expect(engine.work()).toBe(0);
  });

  test("the answer to the peer's Close waits too, and the transport is not ended before it", () => {
    const engine = new CompressedEngine("server", elsewhere);
    const { observed } = engine;
    observed.engine.sendText(line);
    observed.receive(close(1000, "bye"));
    expect([observed.engine.transportAction, observed.output()]).toEqual(["keep", []]);
    engine.work();
    expect(read(observed.frames())).toEqual([line, "control 8"]);
    expect(observed.engine.transportAction).toBe("end");
  });

  test("a fault of the peer is answered at once, and what waits is dropped", () => {
    const engine = new CompressedEngine("server", elsewhere);
    const { observed } = engine;
    observed.engine.sendText(line);
    observed.engine.sendText("behind");
    observed.receive(continuation("unexpected"));
    expect([observed.engine.transportAction, observed.engine.bufferedBytes > 0]).toEqual([
      "end",
      true,
    ]);
    expect(read(observed.frames())).toEqual(["control 8"]);
    expect(engine.work()).toBe(0);
    expect(observed.output()).toEqual([]);
  });

  test("a fault of the peer while this side closes lets the Close frame out all the same", () => {
    const engine = new CompressedEngine("client", elsewhere);
    const { observed } = engine;
    observed.engine.sendText(line);
    observed.close(1000).receive(continuation("unexpected"));
    engine.work();
    expect(read(observed.frames())).toEqual([line, "control 8"]);
    expect(observed.engine.transportAction).toBe("end");
  });

  test("beyond the budget messages are sent as they are", () => {
    const codec = testCodec();
    const pool = new CompressionPool(codec, { maxBytes: 100 });
    const { observed } = new CompressedEngine("server", { ...elsewhere, codec, pool });
    observed.engine.sendText(line);
    observed.engine.sendPrepared(prepared(line));
    observed.engine.sendBinary(utf8(line.repeat(20)));
    expect(read(observed.frames())).toEqual([`- ${line}`, `- ${line}`, `- ${line.repeat(20)}`]);
  });
});

describe("a prepared message", () => {
  const kinds: readonly (readonly [string, CompressedOptions])[] = [
    ["at once", {}],
    ["elsewhere", elsewhere],
  ];

  test.each(kinds)("is compressed once %s, however many receive it", (_, options) => {
    const codec = testCodec();
    const message = prepared(line);
    const engines = Array.from(
      { length: 5 },
      () => new CompressedEngine("server", { ...options, codec }),
    );
    for (const { observed } of engines) observed.engine.sendPrepared(message);
    for (const { observed } of engines) observed.engine.sendText("behind");
    for (const engine of engines) engine.work();
    for (const { observed } of engines) {
      expect(read(observed.frames())).toEqual([line, "- behind"]);
    }
    const tries = options === elsewhere ? 1 + engines.length : 1;
    expect(codec.deflated()).toBeLessThanOrEqual(tries + engines.length);
    const late = new CompressedEngine("server", { ...options, codec });
    const before = codec.deflated();
    late.observed.engine.sendPrepared(message);
    expect(read(late.observed.frames())).toEqual([line]);
    expect(codec.deflated()).toBe(before);
  });

  test("is compressed once for each set of parameters", () => {
    const codec = testCodec();
    const message = prepared(utf8(line));
    for (const windowBits of [9, 15, 9, 15, 12]) {
      const { observed } = new CompressedEngine("server", { codec, windowBits });
      observed.engine.sendPrepared(message);
      expect(read(observed.frames())).toEqual([line]);
    }
    expect(codec.deflated()).toBe(3);
  });

  test("that is short, or gets no shorter, is sent as it is", () => {
    const { observed } = new CompressedEngine("server", { thresholdBytes: 10 });
    observed.engine.sendPrepared(prepared("short"));
    observed.engine.sendPrepared(prepared("0123456789abcdef"));
    expect(read(observed.frames())).toEqual(["- short", "- 0123456789abcdef"]);
  });

  test("is compressed by each client for itself, and masked afresh", () => {
    const { observed } = new CompressedEngine("client");
    observed.engine.sendPrepared(prepared(line));
    observed.engine.sendPrepared(prepared(utf8(line)), true);
    expect(read(observed.frames())).toEqual([line, line]);
  });

  test("comes to nothing for a connection that has gone meanwhile", () => {
    const codec = testCodec();
    const engine = new CompressedEngine("server", { ...elsewhere, codec });
    engine.observed.engine.sendPrepared(prepared(line));
    engine.observed.receive(close(1000)).receiveEnd();
    expect(engine.work()).toBe(0);
    expect(engine.observed.events).toEqual([said.closedCleanly(1000)]);
  });
});

test("what one side compresses the other inflates, again and again", () => {
  const codec = testCodec();
  const server = new CompressedEngine("server", { codec });
  const client = new CompressedEngine("client", { codec });
  for (let round = 0; round < 5; round++) {
    server.observed.engine.sendText(`${line} ${round}`);
    client.observed.receiveBytes(server.observed.written());
    client.observed.engine.sendText(`${other} ${round}`);
    server.observed.receiveBytes(client.observed.written());
  }
  expect(client.observed.events).toEqual([0, 1, 2, 3, 4].map((n) => said.text(`${line} ${n}`)));
  expect(server.observed.events).toEqual([0, 1, 2, 3, 4].map((n) => said.text(`${other} ${n}`)));
  expect(deflate(utf8(line)).byteLength).toBeLessThan(line.length);
});
