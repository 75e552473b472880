import {
  type Extension,
  acceptHandshake,
  formatExtension,
  parseExtensionList,
} from "@tautline/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../seed.ts";
import { readResponse, request } from "./head-text.ts";
import { accepted } from "./outcomes.ts";
import { type TestExtension, declineBad, testExtension } from "./test-extension.ts";
import { testPlatform } from "./test-platform.ts";

const platform = testPlatform();

/** Names with their parameters and all values, as plain lists. */
function plain(text: string) {
  return parseExtensionList(text)?.map(({ name, parameters }) => [name, [...parameters]]);
}

const wellFormed: readonly { value: string; rfc: string; read: unknown }[] = [
  { value: "foo", rfc: "RFC6455-9.1-1", read: [["foo", []]] },
  {
    value: "foo, bar; baz=2",
    rfc: "RFC6455-9.1-1",
    read: [
      ["foo", []],
      ["bar", [["baz", ["2"]]]],
    ],
  },
  {
    value: "permessage-deflate; client_max_window_bits",
    rfc: "RFC6455-9.1-1",
    read: [["permessage-deflate", [["client_max_window_bits", [true]]]]],
  },
  { value: 'a; b="c"', rfc: "RFC6455-9.1-2", read: [["a", [["b", ["c"]]]]] },
  { value: 'a; b="\\c\\d"', rfc: "RFC6455-4.3-1", read: [["a", [["b", ["cd"]]]]] },
  {
    value: 'a;b="c\\d",e',
    rfc: "RFC6455-4.3-1",
    read: [
      ["a", [["b", ["cd"]]]],
      ["e", []],
    ],
  },
  {
    value: "\ta ;\tb = c ;d\t,e ",
    rfc: "RFC6455-9.1-1",
    read: [
      [
        "a",
        [
          ["b", ["c"]],
          ["d", [true]],
        ],
      ],
      ["e", []],
    ],
  },
  {
    value: ", ,a,,b ,",
    rfc: "RFC6455-9.1-1",
    read: [
      ["a", []],
      ["b", []],
    ],
  },
  { value: "a; b; b=1; b=1", rfc: "RFC6455-9.1-1", read: [["a", [["b", [true, "1", "1"]]]]] },
  {
    value: "__proto__; constructor=toString; hasOwnProperty",
    rfc: "RFC6455-9.1-1",
    read: [
      [
        "__proto__",
        [
          ["constructor", ["toString"]],
          ["hasOwnProperty", [true]],
        ],
      ],
    ],
  },
  {
    value: "a; __proto__=1",
    rfc: "RFC6455-9.1-1",
    read: [["a", [["__proto__", ["1"]]]]],
  },
];

const malformed: readonly { value: string; rfc: string }[] = [
  ...["", " ", ",", ";", "=", "a;", "a;;b", "a b", "a; b c", "a; =b", "a; b=", "a; b=;c"].map(
    (value) => ({ value, rfc: "RFC6455-9.1-1" }),
  ),
  ...["a=b", '"a"', "a; b==c", "a; b=c=d", "a/b", "é", "a; é", "a; b=é", "a; b=c d", "a, ;b"].map(
    (value) => ({ value, rfc: "RFC6455-9.1-1" }),
  ),
  ...['a; b="', 'a; b="c', 'a; b="c\\', 'a; b="c\\"', 'a; b="c"d', 'a; b="c""d"', 'a; "b"'].map(
    (value) => ({ value, rfc: "RFC6455-9.1-1" }),
  ),
  ...[
    'a; b=""',
    'a; b=" "',
    'a; b="c d"',
    'a; b="c,d"',
    'a; b="\\""',
    'a; b="\\\\"',
    'a; b="é"',
  ].map((value) => ({ value, rfc: "RFC6455-9.1-2" })),
];

describe("the list's grammar", () => {
  test.each(wellFormed)("reads $value [$rfc]", ({ value, read }) => {
    expect(plain(value)).toEqual(read);
  });

  test.each(malformed)("refuses $value [$rfc]", ({ value }) => {
    expect(parseExtensionList(value)).toBeUndefined();
  });

  test("reads back what it writes", () => {
    const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
    const parameters = fc.uniqueArray(
      fc.tuple(token, fc.oneof(fc.constant(true as const), token)),
      {
        selector: ([name]) => name,
      },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(token, parameters), { minLength: 1 }), (list) => {
        const value = list.map(([name, pairs]) => formatExtension(name, new Map(pairs))).join(", ");
        const read = list.map(([name, pairs]) => [name, pairs.map(([key, one]) => [key, [one]])]);
        expect(plain(value)).toEqual(read);
      }),
    );
  });

  test("reads anything to a list or to nothing", () => {
    const pieces = fc.array(fc.constantFrom(...'ab;;,,==""\\ \té'.split("")));
    fc.assert(
      fc.property(pieces, (characters) => {
        const list = parseExtensionList(characters.join(""));
        const tokens = list?.flatMap(({ name, parameters }) => [name, ...parameters.keys()]) ?? [];
        expect(tokens.every((token) => /^[ab]+$/.test(token))).toBe(true);
      }),
    );
  });
});

/** What a server with these extensions answers to an offer. */
function negotiate(offered: string | readonly string[], extensions: readonly Extension[]) {
  const asked = request({ headers: { "Sec-WebSocket-Extensions": offered } });
  const { response } = accepted(acceptHandshake(asked, { extensions }, platform));
  return readResponse(response).headers.values("Sec-WebSocket-Extensions");
}

describe("a server", () => {
  test("declines what it does not know by saying nothing [RFC6455-9-1, RFC6455-4.2.2-9]", () => {
    const offered = "permessage-deflate; client_max_window_bits";
    expect(negotiate(offered, [])).toEqual([]);
    expect(negotiate(offered, [testExtension({ name: "other" })])).toEqual([]);
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "knows no extension called %s",
    (name) => {
      expect(negotiate(`${name}; ${name}=${name}`, [testExtension({ name: "a" })])).toEqual([]);
      expect(negotiate(`${name}; ${name}=1`, [testExtension({ name })])).toEqual([
        `${name}; ${name}=1`,
      ]);
    },
  );

  test("asks in the client's order and answers in it [RFC6455-4.2.2-8, RFC6455-9-2]", () => {
    const extensions = ["a", "b", "c"].map((name) => testExtension({ name }));
    expect(negotiate(["c; x=1, unknown", "a; y"], extensions)).toEqual(["c; x=1, a; y"]);
  });

  test("takes the first offer of a name that is accepted", () => {
    const extension = testExtension({ name: "a", judge: declineBad });
    expect(negotiate("a; bad, a; x=1, a; x=2", [extension])).toEqual(["a; x=1"]);
    expect(extension.asked.map(({ parameters }) => [...parameters.keys()])).toEqual([
      ["bad"],
      ["x"],
    ]);
  });

  test("declines when every offer is declined [RFC6455-9.1-4]", () => {
    expect(negotiate("a; bad", [testExtension({ name: "a", judge: declineBad })])).toEqual([]);
  });

  test("never lets two extensions use one reserved bit", () => {
    const extensions: TestExtension[] = [
      testExtension({ name: "a", reservedBits: 4 }),
      testExtension({ name: "b", reservedBits: 6 }),
      testExtension({ name: "c", reservedBits: 3 }),
    ];
    expect(negotiate("b, a, c", extensions)).toEqual(["b"]);
    expect(negotiate("a, b, c", extensions)).toEqual(["a, c"]);
  });

  test.each(malformed)("refuses the whole handshake for $value [RFC6455-9.1-1]", ({ value }) => {
    const asked = request({ headers: { "Sec-WebSocket-Extensions": ["fine", value] } });
    const result = acceptHandshake(asked, {}, platform);
    expect(result).toMatchObject({
      accepted: false,
      response: { status: 400 },
      error: { code: "HANDSHAKE_EXTENSIONS" },
    });
  });
});
