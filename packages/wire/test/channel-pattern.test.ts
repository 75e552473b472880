/** Patterns of channels' names: names are made from parameters, and parameters found in names. */

import * as fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { ChannelContract, ChannelPattern } from "@tautline/wire";
import { channels } from "@tautline/wire";
import { anySchema } from "./schemas.ts";

const rooms = channels<{ text: string }, { readonly room: string }>("chat:{room}");

describe("a pattern", () => {
  it.each([
    ["chat:{room}", "chat:lobby", { room: "lobby" }],
    ["chat:{room}", "chat:a:b", { room: "a:b" }],
    ["chat:{room}", "chat:", undefined],
    ["chat:{room}", "news:lobby", undefined],
    ["{a}", "x", { a: "x" }],
    ["dialog:{id}#{users}", "dialog:7#ann,ben", { id: "7", users: "ann,ben" }],
    ["dialog:{id}#{users}", "dialog:#ann", undefined],
    ["dialog:{id}#{users}", "dialog:7", undefined],
    ["dialog:{id}#{users}", "dialog:7##", { id: "7", users: "#" }],
    ["game:{id}:moves", "game:7:moves", { id: "7" }],
    ["game:{id}:moves", "game:7:movesx", undefined],
    ["game:{id}:moves", "game:7:chat", undefined],
    ["game:{id}:moves", "game:7", undefined],
    ["{__proto__}", "x", JSON.parse('{"__proto__":"x"}')],
  ])("%s in %s", (pattern, name, params) => {
    expect(channels(pattern).match(name)).toEqual(params);
  });

  it("finds what it made", () => {
    const game = channels("game:{id}:{side}!");
    const value = fc.string({ minLength: 1, unit: "binary" });
    fc.assert(
      fc.property(value, value, (id, side) => {
        fc.pre(!id.includes(":") && !side.includes("!"));
        const { name } = game.channel({ id, side });
        expect(game.match(name)).toEqual({ id, side });
      }),
    );
  });

  it("makes contracts, with its schema if it has one", () => {
    expect(rooms.channel({ room: "lobby" })).toEqual({ name: "chat:lobby" });
    const checked = channels("chat:{room}", anySchema);
    expect(checked.channel({ room: "a" })).toEqual({ name: "chat:a", schema: anySchema });
    expect(checked.schema).toBe(anySchema);
    expect(Object.isFrozen(checked)).toBe(true);
    expect(Object.keys(rooms)).toEqual(["pattern", "channel", "match"]);
  });

  it.each([
    [{}, "The channel needs a value for a"],
    [{ a: "" }, "The channel needs a value for a"],
    [{ a: "1:2" }, "a must not have the character :"],
  ])("makes no name from %j", (params, problem) => {
    expect(() => channels("x:{a}:y").channel(params)).toThrow(new RangeError(problem));
  });

  it.each([
    ["chat", "chat has no parameter; use channel()"],
    ["{a}{b}", "Nothing ends a parameter before the next in {a}{b}"],
    ["{a}:{a}", "A parameter is twice in {a}:{a}"],
    ["{a}:{b", "A brace without a parameter in {a}:{b"],
    ["{a{b}", "A brace without a parameter in {a{b}"],
    ["}{a}", "A brace without a parameter in }{a}"],
    ["{a}:{b c}", "A brace without a parameter in {a}:{b c}"],
  ])("cannot be %s", (pattern, problem) => {
    expect(() => channels(pattern)).toThrow(new RangeError(problem));
  });

  it("knows its parameters and its messages by type", () => {
    expectTypeOf(rooms).toEqualTypeOf<
      ChannelPattern<{ text: string }, { readonly room: string }>
    >();
    const moves = channels("game:{id}#{user}", anySchema);
    expectTypeOf(moves.channel).parameter(0).toExtend<{ id: string; user: string }>();
    expectTypeOf(moves.channel).returns.toEqualTypeOf<ChannelContract<string>>();
  });
});
