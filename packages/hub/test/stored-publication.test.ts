/** What brokers store of publications and members comes back as it was. */

import { describe, expect, it } from "vitest";
import { decodeMember, decodePublication, encodeMember, encodePublication } from "@tautline/hub";
import { encodePayload } from "@tautline/wire";

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const text = encodePayload({ text: "line\nfeed, 🎉, \u2028, \ud800" });

describe("a stored publication", () => {
  it.each([
    { name: "nothing", publication: {} },
    { name: "JSON text", publication: { data: text } },
    { name: "bytes", publication: { data: everyByte } },
    { name: "no bytes", publication: { data: new Uint8Array(0) } },
    {
      name: "all fields",
      publication: {
        data: everyByte,
        offset: Number.MAX_SAFE_INTEGER,
        tags: new Map([["kind", "news\n"]]),
        time: 1_700_000_000_000,
        info: { user: "ann", client: "1", conn_info: text, chan_info: everyByte },
      },
    },
  ])("of $name is one line, and comes back", ({ publication }) => {
    const stored = encodePublication(publication);
    expect(stored).not.toMatch(/[\n\r]/u);
    expect(decodePublication(stored)).toEqual(publication);
  });

  it.each(["", "x", "null"])("is not %j", (stored) => {
    expect(() => decodePublication(stored)).toThrow(/JSON|null/u);
  });
});

describe("a stored member", () => {
  it("comes back, payloads and all", () => {
    const member = { user: "ann", client: "1", conn_info: text, chan_info: everyByte };
    expect(decodeMember(encodeMember(member))).toEqual(member);
    expect(decodeMember(encodeMember({ user: "", client: "2" }))).toEqual({
      user: "",
      client: "2",
    });
  });
});
