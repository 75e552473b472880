import { HeaderList } from "@tautline/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../seed.ts";

describe("HeaderList", () => {
  const list = new HeaderList([
    "Host",
    "a.example",
    "cookie",
    "x=1",
    "Cookie",
    "y=2",
    "__proto__",
    "plain",
    "X",
    "",
  ]);

  test("finds names whatever their case, values in order", () => {
    expect(list.values("COOKIE")).toEqual(["x=1", "y=2"]);
    expect(list.combined("Cookie")).toBe("x=1, y=2");
    expect(list.count("cookie")).toBe(2);
    expect(list.has("hOST")).toBe(true);
  });

  test("tells absent from empty", () => {
    expect([list.has("x"), list.count("x"), list.combined("x")]).toEqual([true, 1, ""]);
    expect([list.has("y"), list.count("y"), list.combined("y")]).toEqual([false, 0, undefined]);
    expect(list.values("y")).toEqual([]);
  });

  test.each(["constructor", "toString", "hasOwnProperty", "valueOf"])(
    "%s is a name like any other",
    (name) => {
      expect(list.values(name)).toEqual([]);
      expect(new HeaderList([name, "1"]).values(name)).toEqual(["1"]);
      expect(list.values("__proto__")).toEqual(["plain"]);
    },
  );

  test("gives the elements of token lists in lower case, over all headers", () => {
    const first = ["Connection", "keep-alive, \tUpgrade ,, "];
    const second = ["connection", "X\u00a0, foo bar"];
    const lists = new HeaderList([...first, ...second]);
    expect(lists.tokens("connection")).toEqual(["keep-alive", "upgrade", "x\u00a0", "foo bar"]);
    expect(lists.tokens("upgrade")).toEqual([]);
  });

  test.each([
    { values: ["Upgrade"], found: true },
    { values: ["UPGRADE"], found: true },
    { values: ["keep-alive, Upgrade"], found: true },
    { values: ["keep-alive", "upgrade"], found: true },
    { values: ["upgraded"], found: false },
    { values: ["up grade"], found: false },
    { values: [""], found: false },
    { values: [], found: false },
  ])("tells whether a token is in a list: $values", ({ values, found }) => {
    const lists = new HeaderList(values.flatMap((value) => ["Connection", value]));
    expect(lists.hasToken("connection", "upgrade")).toBe(found);
  });

  test("iterates over what was sent, as it was sent", () => {
    expect([...list].map(([name, value]) => `${name}=${value}`)).toEqual([
      "Host=a.example",
      "cookie=x=1",
      "Cookie=y=2",
      "__proto__=plain",
      "X=",
    ]);
    expect(list.size).toBe(5);
  });

  test("drops a name without a value", () => {
    const odd = new HeaderList(["a", "1", "b"]);
    expect([odd.size, [...odd], odd.has("b")]).toEqual([1, [["a", "1"]], false]);
  });

  test("loses and adds no value", () => {
    const name = fc.constantFrom("a", "A", "b", "__proto__", "constructor");
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), (pairs) => {
        const headers = new HeaderList(pairs.flat());
        for (const asked of ["a", "b", "__proto__", "constructor"]) {
          const values = pairs.filter(([n]) => n.toLowerCase() === asked).map(([, v]) => v);
          expect(headers.values(asked)).toEqual(values);
        }
      }),
    );
  });
});
