import { ConnectionFailed } from "@tautline/protocol";
import type { Engine } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { binary, continuation, encode, filler, joined, more, ping, text } from "./frame-bytes.ts";
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
    expect(observed.platform.allocatedBytes).toBeLessThanOrEqual(805 * KiB);
    expect(observed.platform.largestAllocation).toBeLessThanOrEqual(8 * (100 * KiB + 10));
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

/** Hands `bytes` to `engine` in pieces of at most `most`, each read to where it is best read to. */
function readInto(engine: Engine, bytes: Uint8Array, most = Infinity): number[] {
  const rooms: number[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const { room } = engine;
    const length = Math.min(room?.byteLength ?? 100 * KiB, most, bytes.byteLength - at);
    const chunk = room?.subarray(0, length) ?? new Uint8Array(length);
    chunk.set(bytes.subarray(at, at + length));
    if (room !== undefined) rooms.push(room.byteLength);
    engine.receive(chunk, 0);
    at += length;
  }
  return rooms;
}

describe("room in a message", () => {
  const long = "жx".repeat(200 * KiB);
  const messages = [
    { name: "of bytes", wire: [binary(filler(MiB))], events: [said.binary(filler(MiB))] },
    { name: "of text", wire: [text(long)], events: [said.text(long)] },
    {
      name: "in fragments, with a ping between them",
      wire: [
        binary(filler(300 * KiB), more),
        ping("a"),
        continuation(filler(200 * KiB), more),
        continuation(filler(300 * KiB)),
      ],
      events: [
        said.ping("a"),
        said.binary(joined([300, 200, 300].map((size) => filler(size * KiB)))),
      ],
    },
  ];
  const roles = ["server", "client"] as const;
  const rows = messages.flatMap((message) => roles.map((role) => ({ ...message, role })));

  test.each(rows)("takes reads, and messages $name are whole ($role)", (row) => {
    const { wire, events, role } = row;
    const rounds = [wire, [...wire, text("b")], wire].map((frames) => encode(frames, role));
    for (const most of [Infinity, 70 * KiB, 5000]) {
      const observed = new ObservedEngine(role, { maxMessageBytes: MiB });
      const rooms = readInto(observed.engine, joined(rounds), most);
      expect(observed.events).toEqual([...events, ...events, said.text("b"), ...events]);
      expect(rooms.length).toBeGreaterThan(2);
    }
  });

  test("has what was read into it copied nowhere", () => {
    const observed = new ObservedEngine("server");
    const bytes = encode([binary(filler(MiB))], "server");
    observed.receiveBytes(bytes.subarray(0, 200 * KiB));
    const room = observed.engine.room ?? filler(0);
    room.set(bytes.subarray(200 * KiB));
    expect(room.byteLength).toBe(bytes.byteLength - 200 * KiB);
    observed.engine.receive(room, 0);
    expect(observed.events).toEqual([said.binary(filler(MiB))]);
    expect(observed.platform.allocatedBytes).toBe(MiB);
  });

  test("is there for long messages under way alone", () => {
    const { engine } = new ObservedEngine("server");
    const rooms: unknown[] = [engine.room];
    const receive = (bytes: Uint8Array): void => {
      engine.receive(bytes, 0);
      rooms.push(engine.room);
    };
    receive(encode([binary(filler(20 * KiB))], "server").subarray(0, 10 * KiB));
    receive(filler(10 * KiB + 8));
    receive(encode([binary(filler(MiB), more)], "server"));
    receive(encode([ping("abc")], "server").subarray(0, 7));
    expect(rooms).toEqual(rooms.map(() => undefined));
  });

  test("is none where parts are handed on as they come, and none for what is refused", () => {
    const bytes = encode([binary(filler(MiB))], "server").subarray(0, 100 * KiB);
    const streaming = new ObservedEngine("server", { receive: "streams" }).receiveBytes(bytes);
    expect(streaming.engine.room).toBeUndefined();
    const failed = new ObservedEngine("server").receiveBytes(bytes);
    expect(failed.engine.room).toBeDefined();
    failed.engine.abort(new ConnectionFailed("CONNECTION_TERMINATED"), 0);
    expect(failed.engine.room).toBeUndefined();
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
