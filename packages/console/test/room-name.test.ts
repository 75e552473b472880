import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";

import {
  cleanPersonName,
  cleanRoomName,
  longestPersonName,
  roomChannel,
} from "../page/pages/chat/room-name.ts";

describe("names", () => {
  const rows = [
    { name: "spaces", given: "  Ada   Lovelace ", cleaned: "Ada Lovelace" },
    { name: "Chinese", given: "小明", cleaned: "小明" },
    { name: "a decomposed letter", given: "E\u0301mile", cleaned: "Émile" },
    { name: "a right-to-left override", given: "\u202eadA", cleaned: "adA" },
    { name: "zero-width characters", given: "A\u200bda\ufeff", cleaned: "Ada" },
    { name: "nothing but invisible characters", given: "\u200b\u2060 \u00ad", cleaned: "" },
    { name: "too many characters", given: "x".repeat(99), cleaned: "x".repeat(24) },
    {
      name: "an emoji at the limit",
      given: `${"x".repeat(23)}😀😀`,
      cleaned: `${"x".repeat(23)}😀`,
    },
  ];
  for (const { name, given, cleaned } of rows) {
    it(`cleans ${name}`, () => expect(cleanPersonName(given)).toBe(cleaned));
  }

  it("cleans again to the same", () => {
    assert(
      property(string({ unit: "binary" }), (text) => {
        const once = cleanPersonName(text);
        expect(cleanPersonName(once)).toBe(once);
        expect(Array.from(once).length).toBeLessThanOrEqual(longestPersonName);
      }),
    );
  });
});

describe("rooms", () => {
  it("have one form for what people type", () => {
    expect(cleanRoomName("#Lobby")).toBe("lobby");
    expect(cleanRoomName("Design/Talk")).toBe("design-talk");
  });

  it("have channels in ASCII that are short enough for any server", () => {
    expect(roomChannel("lobby")).toBe("chat");
    expect(roomChannel("大厅")).toBe("chat:%E5%A4%A7%E5%8E%85");
    assert(
      property(string({ unit: "grapheme" }), (text) => {
        const channel = roomChannel(cleanRoomName(text));
        expect(channel).toMatch(/^[\u0021-\u007e]*$/u);
        expect(channel.length).toBeLessThan(255);
      }),
    );
  });
});
