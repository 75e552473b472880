/**
 * Messages that are received in parts while they arrive. That they are the same messages as those received whole is shown
 * by the vector tables, which are played both ways.
 */
import type { MessageParts, Role } from "@tautline/protocol";
import { CompressionPool, ConnectionFailed, Engine } from "@tautline/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CompressedOptions } from "./deflate/compressed-engine.ts";
import { transformFor } from "./deflate/compressed-engine.ts";
import type { TestCodec } from "./deflate/test-codec.ts";
import { deflate, pieceBytes, testCodec } from "./deflate/test-codec.ts";
import { deterministicPlatform, generator } from "./deterministic-platform.ts";
import { every, scattered } from "./engine-player.ts";
import type { Frame, Wire } from "./frame-bytes.ts";
import { binary, close, continuation, encode, filler, joined } from "./frame-bytes.ts";
import { more, ping, text, utf8 } from "./frame-bytes.ts";
import { recordingEvents, said } from "./frame-text.ts";
import { seed } from "./seed.ts";

interface Surroundings {
  readonly role?: Role;
  readonly compression?: CompressedOptions;
  readonly codec?: TestCodec;
  readonly maxMessageBytes?: number;
}

/** An engine whose parts are written down, of messages that this side may stop taking. */
class Streaming {
  readonly lines: string[] = [];
  readonly engine: Engine;
  readonly platform = deterministicPlatform();
  readonly codec: TestCodec;
  readonly #role: Role;
  behind: { -readonly [Name in keyof MessageParts]?: MessageParts[Name] } = {};
  ready = 0;
  now = 0;

  constructor({ role = "server", compression, codec, maxMessageBytes }: Surroundings = {}) {
    this.#role = role;
    this.codec = codec ?? testCodec();
    const transform = compression && transformFor(role, { ...compression, codec: this.codec });
    this.engine = new Engine({
      role,
      receive: "streams",
      maxMessageBytes,
      platform: this.platform,
      events: recordingEvents(this.lines),
      parts: {
        begin: (type) => this.#note(`begin ${type}`, () => this.behind.begin?.(type)),
        part: (bytes) => this.#note(`part ${bytes.byteLength}`, () => this.behind.part?.(bytes)),
        end: () => this.#note("end", () => this.behind.end?.()),
      },
      now: 0,
      transform,
      ready: () => {
        this.ready += 1;
      },
    });
  }

  receive(...wire: Wire[]): this {
    return this.receiveBytes(encode(wire, this.#role));
  }

  receiveBytes(bytes: Uint8Array): this {
    const chunk = bytes.slice();
    this.engine.receive(chunk, this.now);
    chunk.fill(0xee);
    return this;
  }

  /** What has been written down since the last call. */
  taken(): string[] {
    return this.lines.splice(0);
  }

  #note(line: string, then: () => void): void {
    this.lines.push(line);
    then();
  }
}

const compressed = { reserved: 4 } as const;
const compressedMore = { reserved: 4, fin: false } as const;
const zeros = deflate(new Uint8Array(10_000));

describe("parts", () => {
  test("come as the bytes come, not when a frame or the message is complete", () => {
    const engine = new Streaming();
    const wire = encode([binary(filler(100), more), continuation(filler(200))], "server");
    engine.receiveBytes(wire.subarray(0, 6));
    expect(engine.taken()).toEqual(["begin binary"]);
    engine.receiveBytes(wire.subarray(6, 16));
    expect(engine.taken()).toEqual(["part 10"]);
    engine.receiveBytes(wire.subarray(16, 200));
    expect(engine.taken()).toEqual(["part 90", "part 86"]);
    engine.receiveBytes(wire.subarray(200));
    expect(engine.taken()).toEqual(["part 114", "end"]);
  });

  test("have control frames between them, and none for empty fragments", () => {
    const engine = new Streaming({ role: "client" });
    engine.receive(text("", more), ping("p"), continuation("", more), continuation("x"), text(""));
    expect(engine.taken()).toEqual([
      "begin text",
      said.ping("p"),
      "part 1",
      "end",
      "begin text",
      "end",
    ]);
  });

  test("of a text that is wrong stop at the first wrong byte [RFC6455-8.1-1]", () => {
    const engine = new Streaming();
    const wire = encode([text(Uint8Array.of(0x61, 0xe2, 0x82, 0x28, 0x61))], "server");
    engine.receiveBytes(wire.subarray(0, 9));
    expect([engine.taken(), engine.engine.state]).toEqual([["begin text", "part 3"], "open"]);
    engine.receiveBytes(wire.subarray(9, 10));
    expect([engine.taken(), engine.engine.state]).toEqual([[], "failing"]);
  });

  test("stop where the peer's Close frame or the end of the transport cuts the message", () => {
    const engine = new Streaming();
    engine.receive(binary(filler(3), more), close(1000));
    engine.engine.receiveEnd(0);
    expect(engine.taken()).toEqual(["begin binary", "part 3", said.closedCleanly(1000)]);
    const lost = new Streaming();
    lost.receive(binary(filler(3), more)).engine.receiveEnd(0);
    expect(lost.taken().at(-1)).toBe('closed 1006 "" unclean CONNECTION_LOST');
  });

  test.each(["begin", "part", "end"] as const)("end when the engine is aborted in %s", (event) => {
    for (const wire of [
      [binary(filler(9)), text("x")],
      [binary(zeros, compressed), text("x")],
    ]) {
      const engine = new Streaming({ compression: {} });
      engine.behind[event] = () =>
        engine.engine.abort(new ConnectionFailed("CONNECTION_TERMINATED"), 0);
      engine.receive(...wire);
      const lines = engine.taken();
      expect(lines.filter((line) => line.startsWith(event))).toHaveLength(1);
      expect(lines.at(-1)).toMatch(/^closed/);
      expect(engine.codec.inflating.size).toBe(0);
    }
  });

  test("take no memory, however long the message is", () => {
    const engine = new Streaming();
    const before = engine.platform.allocatedBytes;
    const header = encode([binary(filler(0), { claimedLength: 2n ** 53n - 1n })], "server");
    engine.receiveBytes(header);
    const chunk = new Uint8Array(65_536);
    for (let mebibytes = 0; mebibytes < 64; mebibytes += 1) engine.engine.receive(chunk, 0);
    expect(engine.platform.allocatedBytes).toBe(before);
    expect(engine.taken()).toHaveLength(65);
  });

  test("are limited by maxMessageBytes where it is given, over fragments", () => {
    const engine = new Streaming({ maxMessageBytes: 10 });
    engine.receive(binary(filler(10)), binary(filler(6), more), continuation(filler(5)));
    engine.engine.receiveEnd(0);
    expect(engine.taken().slice(3)).toEqual([
      "begin binary",
      "part 6",
      'closed 1009 "message larger than maxMessageBytes" unclean LIMIT_MESSAGE_BYTES',
    ]);
  });
});

describe("an application that does not read", () => {
  test("gets the rest of the message that is under way in this read, and none behind it", () => {
    const engine = new Streaming();
    engine.behind.begin = () => engine.engine.suspendReceiving();
    engine.receive(binary(filler(5)), text("next"), ping("p"));
    expect([engine.taken(), engine.engine.holdsBack]).toEqual([
      ["begin binary", "part 5", "end"],
      true,
    ]);
    engine.receive(text("later"));
    // Work of another kind is back: that changes nothing.
    engine.engine.proceed(0);
    expect(engine.taken()).toEqual([]);
    engine.engine.resumeReceiving(0);
    expect(engine.taken()).toEqual(["begin text", "part 4", "end"]);
    engine.behind = {};
    engine.engine.resumeReceiving(0);
    expect([engine.taken(), engine.engine.holdsBack]).toEqual([
      [said.ping("p"), "begin text", "part 5", "end"],
      false,
    ]);
  });

  test("has a bomb inflated no further than it reads", () => {
    const engine = new Streaming({ compression: {} });
    engine.behind.part = () => engine.engine.suspendReceiving();
    engine.receive(binary(zeros, compressed), text("behind"));
    for (let pieces = 0; pieces < 10; pieces += 1) {
      expect(engine.taken().filter((line) => line !== "begin binary")).toEqual([
        `part ${pieceBytes}`,
      ]);
      engine.engine.resumeReceiving(0);
    }
    expect(engine.taken()).toEqual(["end", "begin text", "part 6", "end"]);
    expect(engine.codec.inflating.size).toBe(0);
  });

  test.each([
    ["with a window of the connection's", "", 2 ** 15 + 10 * 1024],
    ["with a window of its own", "client_no_context_takeover", 2 ** 16 + 10 * 1024],
  ])("has its decompressor counted while a message is on its way, %s", (_name, agreed, bytes) => {
    const codec = testCodec();
    const pool = new CompressionPool(codec, { maxBytes: 1000 });
    const engine = new Streaming({ compression: { pool, agreed }, codec });
    engine.receive(binary(zeros.subarray(0, 10), compressedMore));
    expect(pool.budget.usedBytes).toBe(bytes);
    engine.receive(continuation(zeros.subarray(10)));
    expect([pool.budget.usedBytes, engine.taken().at(-1)]).toEqual([0, "end"]);
    engine.receive(binary(zeros.subarray(0, 10), compressedMore));
    expect(pool.budget.usedBytes).toBe(bytes);
    engine.engine.receiveEnd(0);
    expect(pool.budget.usedBytes).toBe(0);
  });

  test("is told of the end of the transport when it has read what came before", () => {
    const engine = new Streaming({ compression: {} });
    engine.behind.part = () => engine.engine.suspendReceiving();
    engine.receive(binary(deflate(filler(2 * pieceBytes)), compressed), close(1000, "bye"));
    engine.engine.receiveEnd(0);
    engine.engine.resumeReceiving(0);
    expect(engine.taken()).toEqual(["begin binary", "part 1000", "part 1000"]);
    engine.engine.resumeReceiving(0);
    expect(engine.taken()).toEqual(["end", said.closedCleanly(1000, "bye")]);
  });

  test("is told of what is wrong where it has read up to it", () => {
    const engine = new Streaming({ compression: {}, maxMessageBytes: 1500 });
    engine.behind.part = () => engine.engine.suspendReceiving();
    engine.receive(binary(zeros, compressed));
    expect(engine.engine.state).toBe("open");
    engine.engine.resumeReceiving(0);
    engine.engine.receiveEnd(0);
    expect(engine.taken()).toEqual([
      "begin binary",
      "part 1000",
      'closed 1009 "message larger than maxMessageBytes" unclean LIMIT_MESSAGE_BYTES',
    ]);
  });

  test("may read on from within a part", () => {
    const engine = new Streaming({ compression: {} });
    engine.behind.part = () => {
      engine.engine.suspendReceiving();
      engine.engine.resumeReceiving(0);
    };
    engine.receive(binary(zeros, compressed));
    expect(engine.taken()).toHaveLength(12);
  });
});

function elsewhere(): Streaming {
  return new Streaming({ compression: {}, codec: testCodec({ partsElsewhere: true }) });
}

describe("while parts are inflated elsewhere", () => {
  test("nothing overtakes them", () => {
    const engine = elsewhere();
    engine.receive(binary(zeros.subarray(0, 10), compressedMore), ping("p"));
    engine.receive(continuation(zeros.subarray(10)), text("behind"));
    expect(engine.taken()).toEqual(["begin binary"]);
    while (engine.codec.waiting.length > 0) {
      engine.codec.work();
      engine.engine.proceed(0);
    }
    const lines = engine.taken();
    expect(lines.filter((line) => !line.startsWith("part"))).toEqual([
      said.ping("p"),
      "end",
      "begin text",
      "end",
    ]);
    expect(engine.ready).toBe(3);
  });

  test("the connection can be given up, and nobody is told that they are back", () => {
    const engine = elsewhere();
    engine.receive(binary(zeros, compressed));
    engine.engine.abort(new ConnectionFailed("CONNECTION_TERMINATED"), 0);
    engine.codec.work();
    expect(engine.ready).toBe(0);
  });
});

test("any messages come through, compressed or not, however they are cut and read", () => {
  const message = fc.record({
    data: fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.uint8Array({ maxLength: 5000 }),
    ),
    compress: fc.boolean(),
    cuts: fc.array(fc.nat({ max: 5000 }), { maxLength: 4 }),
  });
  const takeover = fc.boolean();
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 8 }),
      takeover,
      fc.integer(),
      (messages, kept, at) => {
        const agreed = kept ? "" : "client_no_context_takeover";
        const engine = new Streaming({ compression: { agreed } });
        const seen: { type: string; parts: Uint8Array[] }[] = [];
        const random = generator(at);
        engine.behind = {
          begin: (type) => seen.push({ type, parts: [] }),
          part(bytes) {
            seen.at(-1)?.parts.push(bytes.slice());
            if (random() < 0.3) engine.engine.suspendReceiving();
          },
        };
        let dictionary: Uint8Array = new Uint8Array(0);
        const frames: Frame[] = [];
        for (const { data, compress, cuts } of messages) {
          const bytes = typeof data === "string" ? utf8(data) : data;
          const payload = compress ? deflate(bytes, { dictionary }) : bytes;
          if (compress && kept) dictionary = joined([dictionary, bytes]).subarray(-32_768);
          frames.push(...fragments(typeof data === "string", payload, { compress, cuts }));
        }
        for (const piece of scattered(random, 3000)(encode(frames, "server"))) {
          engine.receiveBytes(piece);
          if (random() < 0.5) engine.engine.resumeReceiving(0);
        }
        while (engine.engine.holdsBack) engine.engine.resumeReceiving(0);
        const whole = seen.map(({ type, parts }) => ({ type, bytes: joined(parts) }));
        const sent = messages.map(({ data }) =>
          typeof data === "string"
            ? { type: "text", bytes: utf8(data) }
            : { type: "binary", bytes: data },
        );
        expect(whole).toEqual(sent);
      },
    ),
    { seed },
  );
});

/** The frames of one message, cut at the given places. */
function fragments(
  isText: boolean,
  payload: Uint8Array,
  { compress, cuts }: { readonly compress: boolean; readonly cuts: readonly number[] },
): Frame[] {
  const ends = [
    ...cuts.map((cut) => Math.min(cut, payload.byteLength)).toSorted((a, b) => a - b),
    payload.byteLength,
  ];
  return ends.map((end, index) => {
    const piece = payload.subarray(ends[index - 1] ?? 0, end);
    const fin = index === ends.length - 1;
    if (index > 0) return continuation(piece, { fin });
    return (isText ? text : binary)(piece, { fin, reserved: compress ? 4 : 0 });
  });
}

test("a compressed message byte by byte", () => {
  const engine = new Streaming({ compression: {} });
  const bytes = encode([binary(deflate(filler(3000)), compressed)], "server");
  const parts: Uint8Array[] = [];
  engine.behind.part = (part) => parts.push(part.slice());
  for (const piece of every(1)(bytes)) engine.receiveBytes(piece);
  expect(joined(parts)).toEqual(filler(3000));
});
