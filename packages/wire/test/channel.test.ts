/** Channel contracts carry a type and a name. */

import { describe, expect, expectTypeOf, it } from "vitest";
import type { ChannelContract, StandardSchema } from "@tautline/wire";
import { channel } from "@tautline/wire";
import { anySchema } from "./schemas.ts";

describe("a contract", () => {
  it("has its name and nothing else", () => {
    const chat = channel<{ text: string }>("chat");
    expect(chat).toEqual({ name: "chat" });
    expect(Object.isFrozen(chat)).toBe(true);
  });

  it("remembers the schema that its messages are held to", () => {
    const names = channel("names", anySchema);
    expect(names).toEqual({ name: "names", schema: anySchema });
    expectTypeOf(names).toEqualTypeOf<ChannelContract<string>>();
  });

  it("does not take a schema that would not take what it has made", () => {
    const lengths: StandardSchema<string, number> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) => ({ value: String(value).length }),
      },
    };
    // @ts-expect-error -- subscribers get numbers, and publishers would have to give texts
    expect(channel("lengths", lengths).name).toBe("lengths");
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
