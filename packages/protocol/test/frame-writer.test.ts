import { Opcode } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { filler, opcodes, utf8 } from "./frame-bytes.ts";
import { ObservedEngine } from "./observed-engine.ts";

const roles = ["server", "client"] as const;
/** Around the borders of the forms of length, and around the size from which a server does not copy. */
const lengths = [0, 1, 125, 126, 127, 16_383, 16_384, 65_535, 65_536, 65_537, 200_000];

describe.each(roles)("a %s", (role) => {
  test.each(lengths)(
    "sends %d bytes in one final frame, in the shortest form of length [RFC6455-5.2-5, RFC6455-6.1-4, RFC6455-6.1-6]",
    (byteLength) => {
      const observed = new ObservedEngine(role);
      const message = filler(byteLength);
      observed.engine.sendBinary(message);
      const [frame, ...others] = observed.frames();
      expect(others).toEqual([]);
      expect(frame).toMatchObject({ fin: true, reserved: 0, opcode: opcodes.binary });
      expect(frame?.payload).toEqual(message);
      expect(message).toEqual(filler(byteLength));
    },
  );

  test.each([0, 125, 126, 65_535, 65_536])(
    "sends a text of %d bytes [RFC6455-6.1-5, RFC6455-6.1-1]",
    (byteLength) => {
      const observed = new ObservedEngine(role);
      observed.engine.sendText("x".repeat(byteLength));
      const frames = observed.frames();
      expect(frames).toMatchObject([{ fin: true, reserved: 0, opcode: opcodes.text }]);
      expect(frames[0]?.payload).toEqual(utf8("x".repeat(byteLength)));
    },
  );

  test("sends text beyond ASCII as UTF-8, and a lone surrogate as U+FFFD [RFC6455-5.6-1]", () => {
    const observed = new ObservedEngine(role);
    observed.engine.sendText("κόσμε 🧵 \ud83e.");
    expect(observed.frames()[0]?.payload).toEqual(utf8("κόσμε 🧵 \ufffd."));
  });

  test("sets no reserved bit, on any kind of frame [RFC6455-5.2-1]", () => {
    const { engine, frames } = { engine: new ObservedEngine(role), frames: [] as number[] };
    engine.engine.sendText("text");
    engine.engine.sendBinary(filler(3));
    engine.engine.ping(filler(4));
    engine.engine.pong(filler(5));
    engine.close(1000, "reason");
    frames.push(...engine.frames().map((frame) => frame.reserved));
    expect(frames).toEqual([0, 0, 0, 0, 0]);
  });

  test("sends messages in the order in which they were given [RFC6455-6.1-8, RFC6455-5.4-2]", () => {
    const observed = new ObservedEngine(role);
    const sizes = [3, 20_000, 5, 70_000, 0, 16_384, 1];
    for (const size of sizes) observed.engine.sendBinary(filler(size));
    expect(observed.frames().map((frame) => frame.payload.byteLength)).toEqual(sizes);
  });
});

describe("a client", () => {
  test("masks every frame [RFC6455-5.1-1, RFC6455-5.3-1, RFC6455-6.1-7]", () => {
    const observed = new ObservedEngine("client");
    observed.engine.sendText("text");
    observed.engine.sendBinary(filler(300));
    observed.engine.ping(filler(4));
    observed.engine.pong();
    expect(observed.frames().map((frame) => frame.key?.length)).toEqual([4, 4, 4, 4]);
  });

  test("masks its Close frame [RFC6455-5.5.1-3]", () => {
    const frames = new ObservedEngine("client").close(1000).frames();
    expect(frames).toMatchObject([{ opcode: Opcode.close }]);
    expect(frames[0]?.key).toHaveLength(4);
  });

  test("takes a fresh key for each frame, from the platform's secure source alone [RFC6455-5.3-2, RFC6455-5.3-3, RFC6455-5.3-4, RFC6455-10.3-1]", () => {
    const observed = new ObservedEngine("client");
    const given: number[][] = [];
    const { platform } = observed;
    const fillRandom = platform.fillRandom.bind(platform);
    platform.random = () => {
      throw new Error("not secure");
    };
    platform.fillRandom = (target) => {
      fillRandom(target);
      given.push([...target]);
    };
    for (let sent = 0; sent < 20; sent++) observed.engine.sendText("the same");
    const keys = observed.frames().map((frame) => frame.key);
    expect(keys).toEqual(given);
    expect(new Set(keys.map(String)).size).toBe(20);
  });

  test("sends what it was given, though the memory is changed at once [RFC6455-10.3-2]", () => {
    for (const byteLength of [10, 100_000]) {
      const observed = new ObservedEngine("client");
      const message = filler(byteLength);
      observed.engine.sendBinary(message);
      message.fill(0);
      expect(observed.frames()[0]?.payload).toEqual(filler(byteLength));
    }
  });
});

describe("a server", () => {
  test("masks nothing [RFC6455-5.1-3]", () => {
    const observed = new ObservedEngine("server");
    observed.engine.sendText("text");
    observed.engine.sendBinary(filler(300));
    observed.engine.sendBinary(filler(20_000));
    observed.engine.ping(filler(4));
    observed.close(1000);
    expect(observed.frames().map((frame) => frame.key)).toEqual(Array(5).fill(undefined));
  });

  test("does not copy a large message", () => {
    const observed = new ObservedEngine("server");
    const message = filler(16_384);
    observed.engine.sendBinary(message);
    expect(observed.engine.takeOutput()).toContain(message);
  });
});
