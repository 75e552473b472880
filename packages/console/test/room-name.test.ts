import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";

import { cleanRoomName, roomChannel } from "../page/pages/chat/room-name.ts";

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
