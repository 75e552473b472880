/** Which request of a command counts, and what a pong is. */

import { describe, expect, it } from "vitest";
import { isPong, requestOf } from "@tautline/wire";

describe("the request of a command", () => {
  it("is the first in the protocol's order, however the command was written", () => {
    expect(requestOf({ rpc: { method: "x" }, subscribe: { channel: "a" } })).toEqual({
      method: "subscribe",
      request: { channel: "a" },
    });
  });

  it("is absent from an empty command", () => {
    expect(requestOf({ id: 1 })).toBeUndefined();
  });
});

describe("a pong", () => {
  it("has no id and sends nothing", () => {
    expect(isPong({})).toBe(true);
    expect(isPong({ id: 0 })).toBe(true);
    expect(isPong({ id: 1 })).toBe(false);
    expect(isPong({ send: {} })).toBe(false);
  });
});
