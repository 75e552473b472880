import { describe, expect, it } from "vitest";

import {
  keptLines,
  longestMessage,
  waitingCount,
  people,
  readChatMessage,
  withLine,
  withReceived,
  withFate,
} from "../page/pages/chat/conversation.ts";
import type { Line, Message } from "../page/pages/chat/conversation.ts";

const message = (id: string, more: Partial<Message> = {}): Message => ({
  kind: "message",
  id,
  author: "Ada",
  own: false,
  text: id,
  at: 0,
  status: "sent",
  ...more,
});

describe("the lines of a room", () => {
  it("keeps the newest only", () => {
    let lines: readonly Line[] = [];
    for (let index = 0; index < keptLines + 5; index += 1) {
      lines = withLine(lines, message(String(index)));
    }
    expect(lines).toHaveLength(keptLines);
    expect(lines[0]?.id).toBe("5");
  });

  it("shows a message once, however often it comes", () => {
    const lines = withReceived(withReceived([], message("a")), message("a"));
    expect(lines).toHaveLength(1);
  });

  it("counts an own message that comes back as sent, and leaves it in its place", () => {
    const waiting = [message("a", { own: true, status: "pending" }), message("b")];
    expect(waitingCount(waiting)).toBe(1);
    const lines = withReceived(waiting, message("a", { own: true }));
    expect(lines.map((line) => line.id)).toEqual(["a", "b"]);
    expect(waitingCount(lines)).toBe(0);
  });

  it("does not let another's message pass for an own one by its id", () => {
    const waiting = [message("a", { own: true, status: "pending" })];
    expect(withReceived(waiting, message("a", { author: "Mallory" }))).toBe(waiting);
  });

  it("changes what has become of one message alone", () => {
    const before = [message("a", { status: "pending" }), message("b")];
    const failed = withFate(before, "a", { status: "failed", failure: "no" });
    expect(failed).toMatchObject([{ status: "failed", failure: "no" }, { status: "sent" }]);
    const again = withFate(failed, "a", { status: "sending" });
    expect(again[0]).toMatchObject({ status: "sending", failure: undefined });
  });
});

describe("people", () => {
  it("lists each name once, oneself first, the rest in the language's order", () => {
    const members = [
      { client: "1", name: "Zoe" },
      { client: "2", name: "Émile" },
      { client: "3", name: "Ada" },
      { client: "4", name: "Zoe" },
    ];
    expect(people(members, "4", "en")).toEqual([
      { name: "Zoe", windows: 2, self: true },
      { name: "Ada", windows: 1, self: false },
      { name: "Émile", windows: 1, self: false },
    ]);
  });
});

describe("readChatMessage", () => {
  it("takes a text, with an id or without", () => {
    expect(readChatMessage({ text: "hi" })).toEqual({ text: "hi" });
    expect(readChatMessage({ text: "hi", id: "x", more: 1 })).toEqual({ text: "hi", id: "x" });
  });

  it("ignores an id that could not be one", () => {
    expect(readChatMessage({ text: "hi", id: "x".repeat(65) })).toEqual({ text: "hi" });
    expect(readChatMessage({ text: "hi", id: 7 })).toEqual({ text: "hi" });
  });

  it("shortens what is too long", () => {
    expect(readChatMessage({ text: "x".repeat(longestMessage + 1) })?.text).toHaveLength(
      longestMessage,
    );
  });

  for (const data of [undefined, null, "hi", 7, [], {}, { text: 7 }, { text: "  \n" }]) {
    it(`takes ${JSON.stringify(data)} for no message`, () => {
      expect(readChatMessage(data)).toBeUndefined();
    });
  }
});
