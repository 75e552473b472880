/**
 * Messages that are sent in parts while they come (RFC 6455 §5.4), and what else is sent meanwhile.
 */
import { Opcode, prepareMessage } from "@tautline/protocol";
import type { Fragment, Role } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { CompressedEngine } from "./deflate/compressed-engine.ts";
import { filler, joined, utf8 } from "./frame-bytes.ts";
import { said, sent } from "./frame-text.ts";
import { LinkedEngines } from "./linked-engines.ts";
import { ObservedEngine } from "./observed-engine.ts";

function part(opcode: Opcode, payload: string | Uint8Array, fin = false): Fragment {
  return { opcode, payload: typeof payload === "string" ? utf8(payload) : payload, fin };
}

const begin = part(Opcode.text, "a");
const middle = part(Opcode.continuation, "b");
const end = part(Opcode.continuation, "c", true);

const fragmentLines = ["text unfinished <61>", "continuation unfinished <62>", "continuation <63>"];

describe.each<Role>(["server", "client"])("a %s that sends a message in parts", (role) => {
  test("sends each as a frame, and only the last is final [RFC6455-5.4-2]", () => {
    const observed = new ObservedEngine(role);
    for (const fragment of [begin, middle, end]) {
      expect(observed.engine.sendFragment(fragment)).toBe(true);
    }
    expect(observed.output()).toEqual(fragmentLines);
  });

  test("is understood, whatever the sizes", () => {
    const linked = new LinkedEngines();
    const sizes = [0, 1, 125, 16_383, 16_384, 70_000, 0];
    const { engine } = linked.side(role);
    engine.sendFragment(part(Opcode.binary, filler(5)));
    for (const size of sizes) engine.sendFragment(part(Opcode.continuation, filler(size)));
    engine.sendFragment(part(Opcode.continuation, filler(3), true));
    linked.settle();
    const whole = joined([filler(5), ...sizes.map(filler), filler(3)]);
    expect(linked.side(role === "client" ? "server" : "client").events).toEqual([
      said.binary(whole),
    ]);
  });

  test("sends whole messages behind it, in order, and control frames between [RFC6455-5.4-4]", () => {
    const observed = new ObservedEngine(role);
    const { engine } = observed;
    engine.sendText("before");
    engine.sendFragment(begin);
    expect(engine.sendText("text")).toBe(true);
    engine.sendBinary(filler(4));
    engine.sendBinary(filler(20_000));
    engine.sendPrepared(prepareMessage("prepared", observed.platform));
    engine.ping(utf8("p"));
    engine.sendFragment(middle);
    engine.sendFragment(end);
    engine.sendText("after");
    expect(observed.output()).toEqual([
      sent.text("before"),
      fragmentLines[0],
      sent.ping("p"),
      ...fragmentLines.slice(1),
      sent.text("text"),
      sent.binary(filler(4)),
      sent.binary(filler(20_000)),
      sent.text("prepared"),
      sent.text("after"),
    ]);
  });

  test("has what waits behind it counted, and held to maxQueuedBytes", () => {
    const { engine } = new ObservedEngine(role, { maxQueuedBytes: 100, whenQueueFull: "drop" });
    engine.sendFragment(begin);
    const before = engine.bufferedBytes;
    engine.sendText("12345");
    expect(engine.bufferedBytes).toBe(before + 5);
    expect(engine.sendBinary(filler(100))).toBe(false);
    expect(engine.droppedMessages).toBe(1);
    engine.sendFragment(part(Opcode.continuation, filler(200), true));
    expect(engine.state).toBe("open");
  });

  test("that closes cuts it off, and drops what is behind it", () => {
    const observed = new ObservedEngine(role);
    observed.engine.sendFragment(begin);
    observed.engine.sendText("never sent");
    observed.close(1000);
    expect(observed.engine.sendFragment(middle)).toBe(false);
    expect(observed.output()).toEqual([fragmentLines[0], sent.close(1000)]);
    expect(observed.engine.bufferedBytes).toBe(0);
  });
});

/** Opcode, RSV1 and FIN of each frame. */
const forms = ({ observed }: CompressedEngine): string[] =>
  observed
    .frames()
    .map(({ opcode, reserved, fin }) => `${opcode}${reserved === 4 ? "z" : ""}${fin ? "" : "…"}`);

describe("where messages are compressed, parts", () => {
  const line = "a line that says the same again and again, ".repeat(30);
  test("are sent as they are, and messages behind them compressed", () => {
    const compressed = new CompressedEngine("server");
    const { engine } = compressed.observed;
    engine.sendText(line);
    engine.sendFragment(begin);
    engine.sendText(line);
    engine.sendBinary(utf8(line));
    engine.sendPrepared(prepareMessage(line, compressed.observed.platform));
    engine.sendFragment(end);
    compressed.work();
    expect(forms(compressed)).toEqual(["1z", "1…", "0", "1z", "2z", "1z"]);
    expect(engine.bufferedBytes).toBe(0);
  });

  test("line up behind a message that is compressed elsewhere, and are counted", () => {
    const compressed = new CompressedEngine("server", { asyncFromBytes: 1 });
    const { engine } = compressed.observed;
    engine.sendText(line);
    engine.sendFragment(begin);
    engine.sendText("behind the parts");
    engine.sendFragment(middle);
    expect(engine.bufferedBytes).toBe(line.length + 1 + 16 + 1);
    engine.sendFragment(end);
    engine.sendText(line);
    compressed.work();
    expect(forms(compressed).map((form) => form.replace(/^1z?$/, "text"))).toEqual([
      "text",
      "1…",
      "0…",
      "0",
      "text",
      "text",
    ]);
    expect(engine.bufferedBytes).toBe(0);
  });

  test("that line up go out before a Close frame, and what is behind them does not", () => {
    const compressed = new CompressedEngine("server", { asyncFromBytes: 1 });
    const { engine } = compressed.observed;
    engine.sendText(line);
    engine.sendFragment(begin);
    engine.sendText(line);
    compressed.observed.close(1000);
    compressed.work();
    expect(forms(compressed)).toEqual(["1z", "1…", "8"]);
    expect(engine.bufferedBytes).toBe(0);
  });
});
