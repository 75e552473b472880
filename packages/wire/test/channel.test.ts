/** Channel contracts carry a type and a name. */

import { describe, expect, expectTypeOf, it } from "vitest";
import type { ChannelContract } from "@tautline/wire";
import { channel } from "@tautline/wire";

describe("a contract", () => {
  it("has its name and nothing else", () => {
    const chat = channel<{ text: string }>("chat");
    expect(chat).toEqual({ name: "chat" });
    expect(Object.isFrozen(chat)).toBe(true);
  });

  it("does not pass for a contract of another type", () => {
    expectTypeOf(channel<number>("a")).toEqualTypeOf<ChannelContract<number>>();
    expectTypeOf<ChannelContract<1>>().not.toExtend<ChannelContract<number>>();
    expectTypeOf<ChannelContract<number>>().not.toExtend<ChannelContract<1>>();
  });

  it("needs a name", () => {
    expect(() => channel("")).toThrow(RangeError);
  });
});
