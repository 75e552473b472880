// What the inspector says and reads: both languages, presets, filters, header lines, files.
import { describe, expect, it } from "vitest";

import { closeText } from "../../page/pages/inspector/close-text.ts";
import { browserName, ownFirst, personOf } from "../../page/pages/inspector/connection-facts.ts";
import type { FrameEntry, Talk } from "../../page/pages/inspector/entries.ts";
import { everything, passes } from "../../page/pages/inspector/entry-filter.ts";
import { everythingJson, recording } from "../../page/pages/inspector/export-file.ts";
import { extensionList } from "../../page/pages/inspector/extension-list.ts";
import { closePayload, headerLines } from "../../page/pages/inspector/orders.ts";
import { asciiOf, masked, readable, toHex } from "../../page/pages/inspector/payload-bytes.ts";
import { presetIds, presets } from "../../page/pages/inspector/presets.ts";
import { problemText } from "../../page/pages/inspector/problem-text.ts";
import { en } from "../../page/pages/inspector/words-en.ts";
import { zh } from "../../page/pages/inspector/words-zh.ts";

/** All strings by their path, those with a value in them called with 1 and 2. */
function strings(part: unknown, path = ""): readonly (readonly [string, string])[] {
  if (typeof part === "string") return [[path, part]];
  if (typeof part === "function") {
    return [1, 2].map((value) => [path, String(part(value, value))] as const);
  }
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) => strings(value, `${path}.${key}`));
}

const matching = (words: unknown, pattern: RegExp): readonly string[] =>
  strings(words)
    .filter(([, text]) => pattern.test(text))
    .map(([path]) => path);

describe("words", () => {
  it("leave nothing empty", () => {
    expect(matching([en, zh], /^\s*$/u)).toEqual([]);
  });

  it("are translated: no Chinese in English, something Chinese in each of the other", () => {
    expect(matching(en, /\p{Script=Han}/u)).toEqual([]);
    expect(matching(zh, /^\P{Script=Han}*$/u)).toEqual([]);
  });

  it("explain the same headers, codes and parameters in both", () => {
    for (const part of ["headers", "closeCodes", "opcodes"] as const) {
      expect(Object.keys(zh[part])).toEqual(Object.keys(en[part]));
    }
    expect(Object.keys(zh.agreed.parameters)).toEqual(Object.keys(en.agreed.parameters));
  });

  it("of the server's that have a tail of their own are translated with it", () => {
    expect(problemText(zh, "the server refused: HTTP/1.1 403 Forbidden")).toBe(
      "服务器拒绝了：HTTP/1.1 403 Forbidden",
    );
    expect(problemText(zh, "unheard of")).toBe("unheard of");
    expect(problemText(en, "does not inflate")).toBe("does not inflate");
  });
});

describe("presets", () => {
  it("are each there once, name their section, and fit into an order", () => {
    expect(presets.map(({ id }) => id)).toEqual(presetIds);
    for (const { section, frames } of presets) {
      expect(section).toMatch(/^RFC 6455 §/u);
      expect(frames.length).toBeGreaterThan(0);
    }
  });
});

function entry(given: Partial<FrameEntry> & { readonly text?: string }): FrameEntry {
  const { text = "", ...rest } = given;
  const payload = new TextEncoder().encode(text);
  return {
    kind: "frame",
    id: 1,
    at: 5_000,
    from: "client",
    header: "8105",
    fin: true,
    rsv: [false, false, false],
    opcode: 1,
    maskKey: undefined,
    payloadLength: payload.length,
    payload,
    problems: [],
    messageOpcode: undefined,
    message: {
      frames: [1],
      opcode: 1,
      isCompressed: false,
      byteLength: payload.length,
      inflatedLength: undefined,
      bytes: payload,
      isCut: false,
    },
    partner: undefined,
    roundTripMs: undefined,
    ...rest,
  };
}

describe("the filter", () => {
  const text = entry({ text: "Hello" });
  const rows = [
    { filter: everything, shown: true },
    { filter: { ...everything, from: "server" as const }, shown: false },
    { filter: { ...everything, kind: "text" as const }, shown: true },
    { filter: { ...everything, kind: "ping-pong" as const }, shown: false },
    { filter: { ...everything, text: "HELL" }, shown: true },
    { filter: { ...everything, text: "48656c" }, shown: true },
    { filter: { ...everything, text: "absent" }, shown: false },
  ];
  for (const { filter, shown } of rows) {
    it(`${JSON.stringify(filter)} ${shown ? "shows" : "hides"} a text`, () => {
      expect(passes(filter, text)).toBe(shown);
    });
  }

  it("takes fragments for what they are fragments of", () => {
    const fragment = entry({ opcode: 0, messageOpcode: 2, message: undefined });
    expect(passes({ ...everything, kind: "binary" }, fragment)).toBe(true);
  });

  it("never hides how the connection ended", () => {
    const end = { kind: "end", id: 2, at: 1, reason: "ended", detail: undefined } as const;
    expect(passes({ from: "server", kind: "close", text: "x" }, end)).toBe(true);
  });
});

describe("files", () => {
  const talk: Talk = {
    phase: "open",
    url: "ws://localhost:8080/echo",
    address: undefined,
    watched: undefined,
    forgotten: 0,
    entries: [
      entry({ text: "你好" }),
      entry({ id: 2, at: 5_010, opcode: 9, message: undefined }),
      entry({ id: 3, at: 5_250.5, from: "server", text: "back" }),
    ],
  };

  it("with everything have payloads as text, and say what each frame is", () => {
    const file = JSON.parse(everythingJson(talk));
    expect(file).toMatchObject({ format: "tautline-inspector", url: talk.url });
    expect(file.entries[0]).toMatchObject({
      opcodeName: "text",
      payload: { text: "你好" },
      message: { bytes: { text: "你好" } },
    });
  });

  it("for a replay have one whole message a line, with its time", () => {
    const lines = recording(talk)
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual([
      {
        atMs: 0,
        kind: "open",
        startedAt: "1970-01-01T00:00:05.000Z",
        url: talk.url,
        subprotocol: "",
      },
      { atMs: 0, kind: "message", from: "client", text: "你好" },
      { atMs: 250.5, kind: "message", from: "server", text: "back" },
    ]);
  });
});

describe("what people write", () => {
  it("gives header lines, those without a colon passed over", () => {
    expect(headerLines("Cookie: a=b: c\nnothing\n: x\n  X-Token :  1 ")).toEqual([
      ["Cookie", "a=b: c"],
      ["X-Token", "1"],
    ]);
  });

  it("gives the payload of a Close", () => {
    expect(closePayload(1000, "bye")).toEqual({ hex: "03e8627965" });
    expect(closePayload(undefined, "bye")).toEqual({ hex: "" });
  });
});

const meaning = (code: number) =>
  closeText(en, Uint8Array.from([code >> 8, code & 255, 0x6f, 0x6b]));

describe("what is read", () => {
  it("takes extensions apart, with and without quotation marks", () => {
    expect(extensionList('permessage-deflate; client_max_window_bits="10"; x, other , ,')).toEqual([
      {
        name: "permessage-deflate",
        parameters: [
          { name: "client_max_window_bits", value: "10" },
          { name: "x", value: "" },
        ],
      },
      { name: "other", parameters: [] },
    ]);
  });

  it("masks as RFC 6455 §5.7 has it", () => {
    const key = Uint8Array.from([0x37, 0xfa, 0x21, 0x3d]);
    const hello = new TextEncoder().encode("Hello");
    expect(toHex(masked(hello, key))).toBe("7f9f4d5158");
    expect(Array.from(hello.subarray(0, 2), asciiOf).join("")).toBe("He");
    expect([asciiOf(0), asciiOf(0x20), asciiOf(0x7f)]).toEqual(["·", " ", "·"]);
  });

  it("indents JSON, also several values, and nothing else", () => {
    expect(readable('{"a":1}\n{"b":2}')).toBe('{\n  "a": 1\n}\n{\n  "b": 2\n}');
    expect(readable("not {json}")).toBe("not {json}");
  });

  it("explains close codes, those of ranges too", () => {
    expect(meaning(1002)).toEqual({ code: 1002, meaning: en.closeCodes[1002], reason: "ok" });
    expect(meaning(3001)?.meaning).toBe(en.closeRanges.library);
    expect(meaning(4000)?.meaning).toBe(en.closeRanges.own);
    expect(meaning(2000)?.meaning).toBe(en.closeRanges.unknown);
    expect(closeText(en, Uint8Array.of(3))).toBeUndefined();
  });

  it("knows browsers by what they say of themselves, and people by their names", () => {
    const chrome = "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML) Chrome/149.0.0.0 Safari/537.36";
    expect(browserName(chrome)).toBe("Chrome 149");
    expect(browserName(`${chrome} Edg/149.0.0.0`)).toBe("Edge 149");
    expect(browserName("curl/8.1")).toBe("curl/8.1");
    const connection = { id: 1, path: "/", openedAt: 0, client: "c1" };
    expect(personOf({ ...connection, info: { name: "Ada" } })).toBe("Ada");
    expect(personOf({ ...connection, user: "u7", info: { name: 7 } })).toBe("u7");
    const others = [{ ...connection, id: 2, client: "c2" }, connection];
    expect(ownFirst(others, "c1").map(({ id }) => id)).toEqual([1, 2]);
    expect(ownFirst(others, undefined).map(({ id }) => id)).toEqual([2, 1]);
  });
});
