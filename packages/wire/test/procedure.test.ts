/** Procedure contracts carry types, a name, and maybe a schema. */

import { describe, expect, expectTypeOf, it } from "vitest";
import type { Procedure } from "@tautline/wire";
import { procedure } from "@tautline/wire";
import { anySchema } from "./schemas.ts";

describe("a procedure", () => {
  it("has its name and the schema of what it takes", () => {
    expect(procedure<number[], number>("sum")).toEqual({ name: "sum" });
    const shout = procedure("shout", { input: anySchema, output: anySchema });
    expect(shout).toEqual({ name: "shout", input: anySchema });
    expect(Object.isFrozen(shout)).toBe(true);
    expectTypeOf(shout).toEqualTypeOf<Procedure<string, string, string>>();
    expectTypeOf(procedure("ping")).toEqualTypeOf<Procedure<void, void, void>>();
  });

  it("needs a name", () => {
    expect(() => procedure("")).toThrow(RangeError);
  });
});
