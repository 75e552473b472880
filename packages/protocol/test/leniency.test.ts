/**
 * What an engine takes beyond the standard when it is told to, and that it does not otherwise.
 */
import type { Role } from "@tautline/protocol";
import { noLeniency } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { CompressedEngine } from "./deflate/compressed-engine.ts";
import { deflate } from "./deflate/test-codec.ts";
import { close, continuation, filler, hex, ping, text, utf8 } from "./frame-bytes.ts";
import { fails, said, sent } from "./frame-text.ts";
import { ObservedEngine } from "./observed-engine.ts";

describe.each<Role>(["server", "client"])("a lenient %s", (role) => {
  test("is strict where nothing else is said", () => {
    expect(Object.values(noLeniency)).not.toContain(true);
    const observed = new ObservedEngine(role, { leniency: {} });
    observed.receive(text("a", { fin: false }), continuation(hex("ff"), { fin: false }));
    expect(observed.output()).toEqual(fails("PROTOCOL_INVALID_UTF8").output);
  });

  test("checks a text in pieces when it is whole", () => {
    const observed = new ObservedEngine(role, { leniency: { checkUtf8AtMessageEnd: true } });
    observed.receive(text("a", { fin: false }), continuation(hex("ff"), { fin: false }));
    expect(observed.output()).toEqual([]);
    observed.receive(continuation("b"));
    expect(observed.output()).toEqual(fails("PROTOCOL_INVALID_UTF8").output);
  });

  test("leaves pings unanswered", () => {
    const observed = new ObservedEngine(role, { leniency: { leavePingsUnanswered: true } });
    observed.receive(ping("p"));
    expect(observed.events).toEqual([said.ping("p")]);
    expect(observed.output()).toEqual([]);
  });

  test("fails with the code alone", () => {
    const observed = new ObservedEngine(role, { leniency: { failWithoutReason: true } });
    observed.receive(continuation("b"));
    expect(observed.output()).toEqual([sent.close(1002)]);
  });
});

describe("lengths in a longer form than they need", () => {
  const lenient = { leniency: { allowLongLengthForms: true } };

  test.each([
    { name: "two bytes", bytes: hex("81 7e 00 01 61") },
    { name: "eight bytes", bytes: hex("81 7f 00 00 00 00 00 00 00 01 61") },
  ])("are taken in $name", ({ bytes }) => {
    const observed = new ObservedEngine("client", lenient);
    observed.receiveBytes(bytes);
    expect(observed.events).toEqual([said.text("a")]);
  });

  test.each([
    { name: "2^53", bytes: hex("82 7f 00 20 00 00 00 00 00 00") },
    { name: "with the top bit", bytes: hex("82 7f 80 00 00 00 00 00 00 00") },
  ])("are too large from 2^53 on: $name", ({ bytes }) => {
    const observed = new ObservedEngine("client", lenient);
    observed.receiveBytes(bytes);
    expect(observed.output()).toEqual(fails("LIMIT_FRAME_LENGTH").output);
  });
});

function taking(): { observed: ObservedEngine; texts: Uint8Array[] } {
  const texts: Uint8Array[] = [];
  const sink = (message: Uint8Array): void => void texts.push(message);
  return { observed: new ObservedEngine("server", { utf8: sink }), texts };
}

describe("a sink that takes text as bytes", () => {
  test("gets it whole, its own, and never as a string", () => {
    const { observed, texts } = taking();
    const long = "é".repeat(5000);
    observed.receive(text("Hello"), text("a", { fin: false }), continuation("b"), text(long));
    observed.receive(text(""));
    expect(texts).toEqual(["Hello", "ab", long, ""].map(utf8));
    expect(observed.events).toEqual([]);
  });

  test.each([1, 16_384])("gets it inflated, %i bytes and more elsewhere", (asyncFromBytes) => {
    const texts: Uint8Array[] = [];
    const options = { utf8: (message: Uint8Array): void => void texts.push(message) };
    const engine = new CompressedEngine("client", { asyncFromBytes }, options);
    const line = "again and again, ".repeat(30);
    engine.observed.receive(text(deflate(utf8(line)), { reserved: 4 }));
    engine.work();
    expect(texts.map((bytes) => Buffer.from(bytes).toString())).toEqual([line]);
  });

  test("gets none that is not UTF-8", () => {
    const { observed, texts } = taking();
    observed.receive(text(hex("c3 28")));
    expect(texts).toEqual([]);
    expect(observed.output()).toEqual(fails("PROTOCOL_INVALID_UTF8").output);
  });
});

describe("what an adapter may be told at once", () => {
  test("the peer's Close frame, and what it said", () => {
    const told: unknown[] = [];
    const observed = new ObservedEngine("server").handle({
      closeReceived: (status) => told.push({ ...status, state: observed.engine.state }),
    });
    observed.receive(close(1001, "bye"));
    expect(told).toEqual([{ code: 1001, reason: "bye", state: "draining" }]);
  });

  test.each([
    { wire: text("a", { reserved: 4 }), code: "PROTOCOL_RESERVED_BITS", detail: "100" },
    { wire: continuation("a"), code: "PROTOCOL_UNEXPECTED_CONTINUATION", detail: undefined },
  ])("the failure $code, with its detail", ({ wire, code, detail }) => {
    const told: unknown[] = [];
    const observed = new ObservedEngine("server").handle({
      failed: (error) => told.push({ code: error.code, detail: error.detail }),
    });
    observed.receive(wire);
    expect(told).toEqual([{ code, detail }]);
    expect(observed.engine.state).toBe("failing");
  });
});

describe("bytes that are frames already", () => {
  test("leave unchecked, in order, in one piece with others", () => {
    const observed = new ObservedEngine("server");
    observed.engine.sendText("before");
    expect(observed.engine.sendUncheckedFrames(hex("83 01 61"))).toBe(true);
    expect(observed.engine.sendUtf8(utf8("é"))).toBe(true);
    expect(observed.output()).toEqual([sent.text("before"), "3 <61>", sent.text("é")]);
  });

  test("are not taken when the connection is closing", () => {
    const observed = new ObservedEngine("server").close(1000);
    expect(observed.engine.sendUncheckedFrames(hex("81 00"))).toBe(false);
    expect(observed.engine.sendUtf8(filler(1))).toBe(false);
    expect(observed.output()).toEqual([sent.close(1000)]);
  });
});

test("frames and marks keep their place behind a message that is compressed elsewhere", () => {
  const engine = new CompressedEngine("server", { asyncFromBytes: 1, thresholdBytes: 100 });
  const { engine: sender } = engine.observed;
  const told: string[] = [];
  sender.sendText("again and again, ".repeat(30));
  sender.whenWritten(() => told.push("text"));
  sender.sendUncheckedFrames(hex("83 01 61"));
  sender.whenWritten(() => told.push("frames"));
  expect(engine.observed.output()).toEqual([]);
  expect(sender.bufferedBytes).toBe(513);
  engine.work();
  const lines = engine.observed.output();
  expect(lines).toHaveLength(2);
  expect(lines[1]).toBe("3 <61>");
  expect(told).toEqual(["text", "frames"]);
  expect(sender.bufferedBytes).toBe(0);
});

describe("who wants to know when output is written", () => {
  test("is told with the batch, in flight or not, and at once when there is none", () => {
    const { engine } = new ObservedEngine("server");
    const told: string[] = [];
    engine.whenWritten(() => told.push("nothing to write"));
    engine.sendText("a");
    engine.whenWritten(() => told.push("a"));
    engine.takeOutput();
    engine.whenWritten(() => told.push("a again"));
    engine.sendText("b");
    engine.whenWritten(() => told.push("b"));
    expect(told).toEqual(["nothing to write"]);
    engine.outputWritten();
    expect(told).toEqual(["nothing to write", "a", "a again"]);
    engine.takeOutput();
    engine.outputWritten();
    expect(told).toEqual(["nothing to write", "a", "a again", "b"]);
  });

  test("is not told when the connection is given up before that", () => {
    const observed = new ObservedEngine("server");
    const told: string[] = [];
    observed.engine.sendText("a");
    observed.engine.whenWritten(() => told.push("a"));
    observed.receiveEnd();
    observed.engine.outputWritten();
    expect(told).toEqual([]);
  });
});
