import { BlockPool, ConnectionFailed, Engine, resolveEngineSettings } from "@tautline/protocol";
import type { EngineEvents, EngineOptions, Platform, Role } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { transformFor } from "./deflate/compressed-engine.ts";
import { deterministicPlatform } from "./deterministic-platform.ts";
import {
  close,
  continuation,
  decode,
  encode,
  joined,
  more,
  ping,
  text,
  utf8,
} from "./frame-bytes.ts";
import type { Wire } from "./frame-bytes.ts";
import { frameLine, recordingEvents, said, sent } from "./frame-text.ts";

/** Engines as one server has them: with settings, platform and memory in common. */
class Servers {
  readonly platform = deterministicPlatform();
  readonly settings = resolveEngineSettings("server", {});
  readonly blocks = new BlockPool(this.platform);
  readonly lines: string[][] = [];

  open(options: Partial<EngineOptions> = {}, behind: Partial<EngineEvents> = {}): Engine {
    const lines: string[] = [];
    this.lines.push(lines);
    const { settings, platform, blocks } = this;
    const events = recordingEvents(lines, () => behind);
    return new Engine({ role: "server", settings, platform, blocks, events, now: 0, ...options });
  }
}

function receive(engine: Engine, ...wire: Wire[]): void {
  engine.receive(encode(wire, engine.role), 0);
}

function output(engine: Engine): string[] {
  const bytes = joined(engine.takeOutput());
  engine.outputWritten();
  return decode(bytes).map(frameLine);
}

describe("engines that share what they read and send with", () => {
  test("keep apart what arrives in turn, cut anywhere", () => {
    const servers = new Servers();
    const [first, second] = [servers.open(), servers.open()];
    const chunks = [encode([text("one")], "server"), encode([text("two")], "server")];
    const [one = utf8(""), two = utf8("")] = chunks;
    for (let at = 0; at < one.byteLength; at++) {
      first.receive(one.slice(at, at + 1), 0);
      second.receive(two.slice(at, at + 1), 0);
    }
    expect(servers.lines).toEqual([[said.text("one")], [said.text("two")]]);
  });

  const passed = [
    "x".repeat(63),
    "x".repeat(64),
    "ж".repeat(32),
    "🧵".repeat(20),
    "x".repeat(70_000),
  ];
  test.each(passed)("pass on what they receive, one to the other, as it came: %#", (message) => {
    const servers = new Servers();
    const other = servers.open();
    const engine: Engine = servers.open(
      {},
      {
        text: (received) => {
          for (const to of [engine, other])
            for (const more of ["", "y"]) to.sendText(received + more);
        },
      },
    );
    receive(engine, text(message), text(`${message}z`));
    const [first, second] = [message, `${message}z`];
    const expected = [first, `${first}y`, second, `${second}y`].map(sent.text);
    expect([output(engine), output(other)]).toEqual([expected, expected]);
  });

  test("encode nothing that they pass on within the call, and only that", () => {
    const encodings: string[] = [];
    const platform = deterministicPlatform();
    const counting: Platform = {
      ...platform,
      encodeText(message, target, offset) {
        encodings.push(message);
        return platform.encodeText(message, target, offset);
      },
      encodeAscii(message, target, offset) {
        encodings.push(message);
        platform.encodeAscii(message, target, offset);
      },
    };
    const [ascii, cyrillic, other] = ["x".repeat(64), "ж".repeat(64), `${"x".repeat(63)}y`];
    const servers = new Servers();
    const engine: Engine = servers.open(
      { platform: counting },
      { text: (received) => [received, received, other].forEach((each) => engine.sendText(each)) },
    );
    receive(engine, text(ascii), text(cyrillic));
    expect(encodings).toEqual([other, other]);
    engine.sendText(cyrillic);
    expect(encodings).toEqual([other, other, cyrillic]);
    const lines = [ascii, ascii, other, cyrillic, cyrillic, other, cyrillic].map(sent.text);
    expect(output(engine)).toEqual(lines);
  });

  test("forget what was passing when a listener throws", () => {
    const servers = new Servers();
    const message = "ж".repeat(64);
    const engine = servers.open(
      {},
      {
        text: () => {
          throw new Error("a bug of the application");
        },
      },
    );
    const chunk = encode([text(message)], "server");
    expect(() => engine.receive(chunk, 0)).toThrow("a bug of the application");
    chunk.fill(0);
    engine.sendText(message);
    expect(output(engine)).toEqual([sent.text(message)]);
  });

  test("keep apart fragments", () => {
    const servers = new Servers();
    const [first, second] = [servers.open(), servers.open()];
    receive(first, text("a", { fin: false }));
    receive(second, text("b"));
    receive(first, continuation("a"));
    expect(servers.lines).toEqual([[said.text("aa")], [said.text("b")]]);
  });

  test("may read within each other's reading", () => {
    const servers = new Servers();
    const inner = servers.open();
    const outer = servers.open({}, { text: (message) => receive(inner, text(`${message}!`)) });
    receive(outer, text("1"), text("2"));
    receive(outer, text("3"));
    const innerLines = ["1!", "2!", "3!"].map(said.text);
    expect(servers.lines).toEqual([innerLines, ["1", "2", "3"].map(said.text)]);
  });

  test("may read within their own reading", () => {
    const servers = new Servers();
    let rest: Wire[] = [text("2")];
    const engine: Engine = servers.open(
      {},
      {
        text: () => {
          const next = rest;
          rest = [];
          if (next.length > 0) receive(engine, ...next);
        },
      },
    );
    receive(engine, text("1"), text("3"));
    receive(servers.open(), text("other"));
    expect(servers.lines).toEqual([["1", "2", "3"].map(said.text), [said.text("other")]]);
  });

  const ends: { name: string; wire: readonly Wire[]; before: readonly string[] }[] = [
    { name: "a Close frame", wire: [close(1000)], before: [] },
    { name: "a Close frame behind a message", wire: [text("1"), close(1000)], before: ["1"] },
    { name: "a Close frame with more behind it", wire: [close(), text("late")], before: [] },
    {
      name: "a Close frame with half a frame behind it",
      wire: [close(), utf8("\x81")],
      before: [],
    },
    { name: "a Close frame between fragments", wire: [text("a", more), close(1000)], before: [] },
    { name: "a frame that breaks the protocol", wire: [continuation("b")], before: [] },
  ];
  test.each(ends)("read anew after $name, whole and byte by byte", ({ wire, before }) => {
    const bytes = encode(wire, "server");
    for (const size of [bytes.byteLength, 1]) {
      const servers = new Servers();
      const [first, second] = [servers.open(), servers.open()];
      for (let at = 0; at < bytes.byteLength; at += size) {
        first.receive(bytes.slice(at, at + size), 0);
      }
      receive(second, text("a", more), continuation("b"), text("c"));
      receive(servers.open(), text("d"));
      first.receiveEnd(0);
      receive(second, text("e"));
      const [ofFirst, ...ofOthers] = servers.lines;
      expect(ofFirst?.slice(0, before.length)).toEqual(before.map(said.text));
      expect(ofFirst?.some((line) => line.includes("late"))).toBe(false);
      expect(ofOthers).toEqual([["ab", "c", "e"].map(said.text), [said.text("d")]]);
    }
  });

  test("read anew after one that was given up while it read", () => {
    const servers = new Servers();
    const engine: Engine = servers.open(
      {},
      { text: () => engine.abort(new ConnectionFailed("CONNECTION_TERMINATED"), 0) },
    );
    receive(engine, text("1"), text("late"));
    receive(servers.open(), text("2"));
    const [ofFirst, ofSecond] = servers.lines;
    expect(ofFirst?.filter((line) => line === said.text("late"))).toEqual([]);
    expect(ofSecond).toEqual([said.text("2")]);
  });

  test("keep apart what they send, however many send at a time", () => {
    const servers = new Servers();
    const engines = Array.from({ length: 1100 }, () => servers.open());
    for (let round = 0; round < 2; round++) {
      engines.forEach((engine, index) => engine.sendText(`${round}-${index}`));
      engines.forEach((engine, index) => {
        expect(output(engine)).toEqual([sent.text(`${round}-${index}`)]);
      });
    }
  });

  test("have nothing to give and count nothing before they are told to send", () => {
    const engine = new Servers().open();
    expect(engine).toMatchObject({ hasOutput: false, bufferedBytes: 0, transportAction: "keep" });
    expect(engine.takeOutput()).toEqual([]);
    engine.outputWritten();
    let marks = 0;
    engine.whenWritten(() => (marks += 1));
    expect(marks).toBe(1);
  });

  test("send more from within the report that all is written", () => {
    const servers = new Servers();
    const engine = servers.open();
    engine.sendText("1");
    engine.whenWritten(() => {
      engine.sendText("2");
      expect(output(engine)).toEqual([sent.text("2")]);
    });
    expect(output(engine)).toEqual([sent.text("1")]);
    const other = servers.open();
    engine.sendText("3");
    other.sendText("4");
    expect([output(engine), output(other)]).toEqual([[sent.text("3")], [sent.text("4")]]);
  });

  test("read within each other's reading however deep that goes", () => {
    const servers = new Servers();
    const engines: Engine[] = [];
    for (let depth = 0; depth < 12; depth++) {
      const next = engines.at(-1);
      engines.push(servers.open({}, { text: (message) => next && receive(next, text(message)) }));
    }
    for (const message of ["1", "2"]) receive(engines.at(-1) ?? servers.open(), text(message));
    expect(servers.lines).toEqual(engines.map(() => [said.text("1"), said.text("2")]));
  });

  test("do not wait for what was given up", () => {
    const engine = new Servers().open();
    engine.sendText("1");
    engine.abort(new ConnectionFailed("CONNECTION_TERMINATED"), 0);
    let marks = 0;
    engine.whenWritten(() => (marks += 1));
    expect(marks).toBe(1);
  });

  test("leave pongs that are owed with the one who owes them", () => {
    const servers = new Servers();
    const [first, second] = [servers.open(), servers.open()];
    first.sendText("1");
    first.takeOutput();
    receive(first, ping("a"));
    first.outputWritten();
    second.sendText("2");
    expect(output(second)).toEqual([sent.text("2")]);
    expect(first.hasOutput).toBe(true);
    expect(output(first)).toEqual([sent.pong("a")]);
  });

  test("share nothing with engines of another kind", () => {
    const servers = new Servers();
    const other = deterministicPlatform();
    const kinds: Partial<EngineOptions>[] = [
      { role: "client" satisfies Role },
      { platform: other },
      { blocks: new BlockPool(other) },
      { leniency: { leavePingsUnanswered: true } },
    ];
    const plain = servers.open();
    for (const kind of kinds) {
      const engine = servers.open(kind);
      receive(engine, ping("a"));
      expect(engine.hasOutput).toBe(kind.leniency === undefined);
      receive(plain, ping("b"));
      expect(output(plain)).toEqual([sent.pong("b")]);
    }
  });

  test("close what an extension keeps, whether they have read and sent or not", () => {
    const servers = new Servers();
    for (const speaks of [false, true]) {
      const transform = transformFor("server");
      const closed: string[] = [];
      for (const side of ["decoder", "encoder"] as const) {
        const close = transform[side].close.bind(transform[side]);
        transform[side].close = () => {
          closed.push(side);
          close();
        };
      }
      const engine = servers.open({ transform });
      if (speaks) {
        receive(engine, text("a", { fin: false }));
        engine.sendText("a");
      }
      engine.receiveEnd(0);
      expect(closed.toSorted()).toEqual(["decoder", "encoder"]);
    }
  });
});
