import { describe, expect, it } from "vitest";

import { closeText, isOrderly } from "../../../src/cli/connect/close-text.ts";
import { messageText } from "../../../src/cli/connect/message-text.ts";
import { styleFor } from "../../../src/cli/style.ts";

const plain = styleFor({ isTTY: false }, {});
const colourful = styleFor({ isTTY: true }, {});

describe("messageText", () => {
  it("puts a text on one line", () => {
    expect(messageText("two\nlines", plain)).toBe("two\\nlines");
  });

  it("dims escapes, so that they differ from the same characters sent by the peer", () => {
    expect(messageText("\n", colourful)).toBe("\u001b[2m\\n\u001b[22m");
  });

  it("shows bytes in hexadecimal", () => {
    expect(messageText(Uint8Array.of(0, 27, 255), plain)).toBe("[3 bytes] 00 1b ff");
    expect(messageText(Uint8Array.of(7), plain)).toBe("[1 byte] 07");
    expect(messageText(new Uint8Array(0), plain)).toBe("[0 bytes]");
  });

  it("shows the first 64 bytes of many", () => {
    const text = messageText(new Uint8Array(1000).fill(0xab), plain);
    expect(text).toBe(`[1000 bytes] ${"ab ".repeat(64)}…`);
  });
});

describe("closeText", () => {
  it("names known codes", () => {
    expect(closeText({ code: 1001, reason: "" })).toBe("1001, going away");
  });

  it("gives other codes as they are, with the peer's reason made harmless", () => {
    expect(closeText({ code: 4001, reason: "no\u001b[2J" })).toBe("4001: no\\e[2J");
  });
});

describe("isOrderly", () => {
  const rows = [
    { code: 1000, wasClean: true, orderly: true },
    { code: 1001, wasClean: true, orderly: true },
    { code: 1005, wasClean: true, orderly: true },
    { code: 1006, wasClean: false, orderly: false },
    { code: 1000, wasClean: false, orderly: false },
    { code: 1008, wasClean: true, orderly: false },
    { code: 4000, wasClean: true, orderly: false },
  ];
  for (const { code, wasClean, orderly } of rows) {
    it(`says ${orderly} of ${code}${wasClean ? "" : ", unclean"}`, () => {
      expect(isOrderly({ code, wasClean })).toBe(orderly);
    });
  }
});
