/** Frames of JSON: what a server takes from clients, what it refuses and why, and what both sides write. */

import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Command, DecodeFault, Payload, Reply } from "@tautline/wire";
import { commandLimits, encodePayload, jsonCodec, replyLimits } from "@tautline/wire";

const decode = (frame: string | Uint8Array, limits = commandLimits) =>
  jsonCodec.decodeCommands(frame, limits);
/** Text that is known to be JSON, written as a peer would write it. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const json = (text: string) => text as Payload;

const deep = (levels: number) =>
  `{"rpc":{"data":${"[".repeat(levels - 2)}${"]".repeat(levels - 2)}}}`;

const replyFault = (frame: string) => jsonCodec.decodeReplies(frame, replyLimits).fault?.kind;

describe("publications that are asked for again", () => {
  it("are written as they were", () => {
    const publications = [{ data: encodePayload({ a: 1 }), offset: 1 }];
    const write = (id: number): string =>
      jsonCodec.encodeReply({ id, history: { publications, epoch: "e", offset: 1 } });
    const page = '"history":{"publications":[{"data":{"a":1},"offset":1}],"epoch":"e","offset":1}}';
    expect([write(1), write(2)]).toEqual([`{"id":1,${page}`, `{"id":2,${page}`]);
  });
});

describe("frames a server takes", () => {
  const rows: { name: string; frame: string; commands: Command[] }[] = [
    { name: "a pong", frame: "{}", commands: [{}] },
    {
      name: "space around everything",
      frame: ' {\t"id" : 1 ,\r"ping" : { } } ',
      commands: [{ id: 1, ping: {} }],
    },
    { name: "a line feed at the end", frame: '{"id":1}\n', commands: [{ id: 1 }] },
    {
      name: "several commands",
      frame: '{"id":1,"subscribe":{"channel":"a"}}\n{"id":2,"subscribe":{"channel":"b"}}',
      commands: [
        { id: 1, subscribe: { channel: "a" } },
        { id: 2, subscribe: { channel: "b" } },
      ],
    },
    {
      name: "unknown fields of every type",
      frame:
        '{"a":[1,[],{"b":null}],"b":{},"c":"\\n","d":-1.5e+3,"e":true,"f":false,"g":null,"id":7}',
      commands: [{ id: 7 }],
    },
    {
      name: "names of the prototype chain",
      frame:
        '{"__proto__":{"id":9},"constructor":1,"toString":[],"connect":{"headers":{"__proto__":"x"},"data":{"__proto__":{"admin":true}}}}',
      commands: [
        {
          connect: {
            headers: new Map([["__proto__", "x"]]),
            data: json('{"__proto__":{"admin":true}}'),
          },
        },
      ],
    },
    {
      name: "null for absent",
      frame: '{"id":null,"connect":null,"ping":{}}',
      commands: [{ ping: {} }],
    },
    { name: "the last of equal names", frame: '{"id":1,"id":2}', commands: [{ id: 2 }] },
    {
      name: "an integer with an exponent, and a negative zero",
      frame: '{"id":1e2}\n{"id":-0}',
      commands: [{ id: 100 }, { id: 0 }],
    },
    {
      name: "escapes in a string",
      frame: '{"id":1,"rpc":{"method":"\\u00e9\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00"}}',
      commands: [{ id: 1, rpc: { method: 'é"\\/\b\f\n\r\t😀' } }],
    },
    {
      name: "payloads as they are written",
      frame:
        '{"publish":{"data": {"n" : 12345678901234567890, "s":"\\u0041"} }}\n{"rpc":{"data":null}}',
      commands: [
        { publish: { data: json('{"n" : 12345678901234567890, "s":"\\u0041"}') } },
        { rpc: { data: json("null") } },
      ],
    },
    {
      name: "every field of the requests",
      frame: [
        '{"id":1,"connect":{"token":"t","subs":{"a":{"recover":true,"epoch":"e","offset":9007199254740991}},"name":"n","version":"v","flag":-1}}',
        '{"id":2,"subscribe":{"channel":"c","token":"t","data":1,"positioned":true,"recoverable":false,"join_leave":true,"delta":"fossil","flag":1,"type":-2}}',
        '{"id":4294967295,"history":{"channel":"c","limit":-1,"since":{"offset":3,"epoch":"e"},"reverse":true}}',
        '{"send":{"data":"x"}}',
      ].join("\n"),
      commands: [
        {
          id: 1,
          connect: {
            token: "t",
            subs: new Map([["a", { recover: true, epoch: "e", offset: 9_007_199_254_740_991 }]]),
            name: "n",
            version: "v",
            flag: -1,
          },
        },
        {
          id: 2,
          subscribe: {
            channel: "c",
            token: "t",
            data: json("1"),
            positioned: true,
            recoverable: false,
            join_leave: true,
            delta: "fossil",
            flag: 1,
            type: -2,
          },
        },
        {
          id: 4_294_967_295,
          history: { channel: "c", limit: -1, since: { offset: 3, epoch: "e" }, reverse: true },
        },
        { send: { data: json('"x"') } },
      ],
    },
  ];

  it.each(rows)("$name", ({ frame, commands }) => {
    expect(decode(frame)).toEqual({ messages: commands });
  });

  it("leave the prototypes of objects alone", () => {
    decode('{"__proto__":{"polluted":1},"connect":{"headers":{"__proto__":"x"}}}');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe("frames a server refuses", () => {
  const rows: {
    name: string;
    frame: string | Uint8Array;
    kind: DecodeFault["kind"];
    before?: number;
  }[] = [
    { name: "an empty frame", frame: "", kind: "malformed" },
    { name: "a lone line feed", frame: "\n", kind: "malformed" },
    { name: "an empty line between commands", frame: "{}\n\n{}", kind: "malformed", before: 1 },
    { name: "two line feeds at the end", frame: "{}\n\n", kind: "malformed", before: 1 },
    {
      name: "half a command after a whole one",
      frame: '{"id":1}\n{"id":',
      kind: "malformed",
      before: 1,
    },
    { name: "text after a command", frame: "{} {}", kind: "malformed" },
    { name: "no object", frame: "[]", kind: "type" },
    { name: "a bare null", frame: "null", kind: "type" },
    { name: "a binary frame", frame: new Uint8Array([123, 125]), kind: "type" },
    { name: "a list where an object belongs", frame: '{"connect":[]}', kind: "type" },
    { name: "a number where a string belongs", frame: '{"subscribe":{"channel":1}}', kind: "type" },
    { name: "a string where a number belongs", frame: '{"id":"1"}', kind: "type" },
    {
      name: "a number where a truth value belongs",
      frame: '{"subscribe":{"recover":1}}',
      kind: "type",
    },
    { name: "a list where named values belong", frame: '{"connect":{"headers":[]}}', kind: "type" },
    { name: "null among named values", frame: '{"connect":{"headers":{"a":null}}}', kind: "type" },
    { name: "a negative id", frame: '{"id":-1}', kind: "type" },
    { name: "an id beyond 32 bits", frame: '{"id":4294967296}', kind: "type" },
    { name: "a fraction for an id", frame: '{"id":1.5}', kind: "type" },
    { name: "a number beyond all", frame: '{"id":1e999}', kind: "type" },
    {
      name: "an offset that is not exact",
      frame: '{"subscribe":{"offset":9007199254740993}}',
      kind: "type",
    },
    { name: "no name", frame: "{1:2}", kind: "malformed" },
    { name: "no colon", frame: '{"id"1}', kind: "malformed" },
    { name: "no value", frame: '{"id":}', kind: "malformed" },
    { name: "an open object", frame: '{"id":1', kind: "malformed" },
    { name: "a comma too many in an object", frame: '{"id":1,}', kind: "malformed" },
    { name: "an open list", frame: '{"x":[1', kind: "malformed" },
    { name: "a comma too many in a list", frame: '{"x":[1,]}', kind: "malformed" },
    { name: "a lone minus", frame: '{"id":-}', kind: "malformed" },
    { name: "a leading zero", frame: '{"id":01}', kind: "malformed" },
    { name: "a plus", frame: '{"id":+1}', kind: "malformed" },
    { name: "a misspelt word", frame: '{"x":nul}', kind: "malformed" },
    { name: "a word with a tail", frame: '{"x":trues}', kind: "malformed" },
    { name: "single quotes", frame: "{'id':1}", kind: "malformed" },
    { name: "an open string", frame: '{"x":"y', kind: "malformed" },
    { name: "a string whose end is escaped", frame: String.raw`{"x":"y\"`, kind: "malformed" },
    { name: "a string that ends in an escape", frame: '{"x":"\\', kind: "malformed" },
    {
      name: "an escape at the very end, after a good one",
      frame: '{"x":"\\""\\',
      kind: "malformed",
    },
    { name: "an unknown escape", frame: String.raw`{"x":"\q"}`, kind: "malformed" },
    { name: "an incomplete escape", frame: String.raw`{"x":"\u12g4"}`, kind: "malformed" },
    { name: "a tab in a string", frame: '{"x":"\t"}', kind: "malformed" },
    {
      name: "a payload that is no JSON",
      frame: '{"publish":{"data":{"a":undefined}}}',
      kind: "malformed",
    },
    { name: "65 levels", frame: deep(65), kind: "limit" },
    { name: "a hundred thousand levels", frame: `{"x":${"[".repeat(60_000)}`, kind: "limit" },
    {
      name: "a frame of 65,537 bytes",
      frame: `{"x":"${"é".repeat(32_765)}"}`.padEnd(32_772),
      kind: "limit",
    },
    { name: "a frame of 65,537 characters", frame: `{}${" ".repeat(65_535)}`, kind: "limit" },
    { name: "513 commands", frame: Array(513).fill("{}").join("\n"), kind: "limit", before: 512 },
  ];

  it.each(rows)("$name", ({ frame, kind, before = 0 }) => {
    const { messages, fault } = decode(frame);
    expect(fault?.kind).toBe(kind);
    expect(fault?.detail).not.toBe("");
    expect(messages).toHaveLength(before);
  });

  it("but not at the limit itself", () => {
    expect(decode(deep(64)).fault).toBeUndefined();
    expect(decode(Array(512).fill("{}").join("\n")).fault).toBeUndefined();
    const frame = `{"x":"${"é".repeat(32_764)}"}`;
    expect(Buffer.byteLength(frame)).toBe(65_536);
    expect(decode(frame).fault).toBeUndefined();
  });

  it("and lets faults of its own code through", () => {
    const limits = {
      ...commandLimits,
      get maxDepth(): number {
        throw new Error("not the frame's fault");
      },
    };
    expect(() => decode("{}", limits)).toThrow("not the frame's fault");
  });
});

describe("what is written", () => {
  it("leaves zero values out, except where the protocol wants them", () => {
    const reply: Reply = {
      id: 0,
      connect: {
        client: "",
        expires: false,
        ping: 25,
        subs: new Map([["a", { offset: 0, recoverable: true }]]),
      },
      presence_stats: { num_clients: 0, num_users: 0 },
      history: { publications: [], epoch: "", offset: 0 },
      publish: {},
      error: { code: 100, message: "internal server error", temporary: true },
    };
    expect(jsonCodec.encodeReply(reply)).toBe(
      '{"error":{"code":100,"message":"internal server error","temporary":true},' +
        '"connect":{"subs":{"a":{"recoverable":true}},"ping":25},"publish":{},' +
        '"presence_stats":{"num_clients":0,"num_users":0},' +
        '"history":{"publications":[],"epoch":"","offset":0}}',
    );
  });

  it("puts payloads into pushes as they are", () => {
    const push = {
      channel: 'a"b',
      pub: { data: encodePayload({ text: "\n\u2028" }), info: { user: "", client: "1" } },
    };
    expect(jsonCodec.encodeReply({ push })).toBe(
      '{"push":{"channel":"a\\"b","pub":{"data":{"text":"\\n\u2028"},"info":{"user":"","client":"1"}}}}',
    );
  });

  it("writes lists in their order", () => {
    const publications = [{ data: encodePayload(1), offset: 1 }, { offset: 2 }];
    expect(jsonCodec.encodeReply({ subscribe: { publications } })).toBe(
      '{"subscribe":{"publications":[{"data":1,"offset":1},{"offset":2}]}}',
    );
  });

  it("joins messages with line feeds", () => {
    const frame = jsonCodec.join([
      jsonCodec.encodeCommand({}),
      jsonCodec.encodeCommand({ id: 1, ping: {} }),
    ]);
    expect(frame).toBe('{}\n{"id":1,"ping":{}}');
  });
});

describe("replies a client takes", () => {
  it("fills what is never absent", () => {
    const { messages } = jsonCodec.decodeReplies(
      '{"id":1,"presence_stats":{}}\n{"id":2,"history":{}}\n{"id":3,"presence":{}}\n{"push":{"join":{"info":{}}}}',
      replyLimits,
    );
    expect(messages).toEqual([
      { id: 1, presence_stats: { num_clients: 0, num_users: 0 } },
      { id: 2, history: { publications: [], epoch: "", offset: 0 } },
      { id: 3, presence: { presence: new Map() } },
      { push: { join: { info: { user: "", client: "" } } } },
    ]);
  });

  it("reads lists of publications", () => {
    const frame =
      '{"id":1,"subscribe":{"publications":[{"data":1,"tags":{"a":"b"}},{"offset":2}]}}';
    expect(jsonCodec.decodeReplies(frame, replyLimits).messages).toEqual([
      {
        id: 1,
        subscribe: { publications: [{ data: "1", tags: new Map([["a", "b"]]) }, { offset: 2 }] },
      },
    ]);
  });

  it("refuses null and other types in lists", () => {
    expect(replyFault('{"subscribe":{"publications":[null]}}')).toBe("type");
    expect(replyFault('{"subscribe":{"publications":{}}}')).toBe("type");
  });
});

describe("properties", () => {
  const payload = fc.jsonValue().map(encodePayload);
  const position = { epoch: fc.string({ minLength: 1 }), offset: fc.integer({ min: 1 }) };
  const command: fc.Arbitrary<Command> = fc.oneof(
    fc.record({
      id: fc.integer({ min: 1 }),
      publish: fc.record({ channel: fc.string({ minLength: 1 }), data: payload }),
    }),
    fc.record({
      id: fc.integer({ min: 1 }),
      subscribe: fc.record({ channel: fc.string({ minLength: 1, unit: "binary" }), ...position }),
    }),
    fc.record({
      connect: fc.record({
        headers: fc.dictionary(fc.string(), fc.string()).map((h) => new Map(Object.entries(h))),
      }),
    }),
  );

  it("what is written is read back", () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 5 }), (commands) => {
        const frame = jsonCodec.join(commands.map((one) => jsonCodec.encodeCommand(one)));
        expect(decode(frame)).toEqual({ messages: commands });
      }),
    );
  });

  it("agrees with the language's parser on what is JSON, and never throws", () => {
    const near = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom("", '"', "\\", "{", "}", ",", "0", "-", "u", "\t"),
      )
      .map(([text, at, insert]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + insert + text.slice(place + (at % 2));
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), near), (text) => {
        const { messages, fault } = decode(`{"id":1,"rpc":{"data":${text}}}`);
        if (fault?.kind === "limit" || text.includes("\n")) return;
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        // Text that closes the object early may be valid around it: then the payload is not the text.
        const whole = messages[0]?.rpc?.data === text.trim();
        expect(whole).toBe(valid);
      }),
      { numRuns: 1000 },
    );
  });
});
