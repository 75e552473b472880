/** Frames of Protobuf: what a server takes from clients, what it refuses and why, and what both sides write. */

import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Command, DecodeFault, Reply } from "@tautline/wire";
import {
  commandLimits,
  commandSchema,
  createProtobufCodec,
  encodePayload,
  protobufCodec,
  replyLimits,
  replySchema,
} from "@tautline/wire";
import { officialCodec } from "./official-codec.ts";
import { anyMessage, fromOfficial, normal, toOfficial } from "./any-message.ts";

/** Bytes from hexadecimal digits; spaces are for the reader. */
const hex = (digits: string): Uint8Array =>
  new Uint8Array(Buffer.from(digits.replaceAll(" ", ""), "hex"));

const decode = (frame: string | Uint8Array, limits = commandLimits) =>
  protobufCodec.decodeCommands(frame, limits);

/** The frame of one message with these bytes. */
const framed = (body: string | Uint8Array): Uint8Array => {
  const bytes = typeof body === "string" ? hex(body) : body;
  const length = bytes.length < 0x80 ? [bytes.length] : varint(bytes.length);
  return Uint8Array.of(...length, ...bytes);
};

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 128))];

/** A field of the connect result that the schema had not yet when protobufjs made the official codec of it. */
const newerThanOfficial = "flag";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("frames a server takes", () => {
  const rows: { name: string; frame: Uint8Array; commands: Command[] }[] = [
    { name: "a pong", frame: hex("00"), commands: [{}] },
    { name: "a command with a ping", frame: framed("0801 5a00"), commands: [{ id: 1, ping: {} }] },
    {
      name: "several commands",
      frame: hex("07 0801 2a03 0a0161 07 0802 2a03 0a0162"),
      commands: [
        { id: 1, subscribe: { channel: "a" } },
        { id: 2, subscribe: { channel: "b" } },
      ],
    },
    {
      name: "unknown fields of every wire type, and one with the largest number",
      frame: framed(
        "10 ffffffffffffffffff01 19 0102030405060708 82 01 02 0102 8d 01 01020304 0807 f8ffffff0f 01",
      ),
      commands: [{ id: 7 }],
    },
    { name: "the last of two values", frame: framed("0801 0802"), commands: [{ id: 2 }] },
    {
      name: "a message in two parts, merged",
      frame: framed("2a03 0a0161 2a02 1801 2a03 0a0162"),
      commands: [{ subscribe: { channel: "b", recover: true } }],
    },
    { name: "an id of 2³² − 1", frame: framed("08 ffffffff0f"), commands: [{ id: 4_294_967_295 }] },
    {
      name: "a number longer than it need be",
      frame: framed("08 8180808000"),
      commands: [{ id: 1 }],
    },
    {
      name: "a negative number of 32 bits in 64 and in 32",
      frame: framed("520b 38 ffffffffffffffffff01 5206 38 feffffff0f"),
      commands: [{ history: { limit: -2 } }],
    },
    {
      name: "the largest and the smallest safe numbers",
      frame: framed("2a14 38 ffffffffffffff0f 70 81808080808080f0ff01"),
      commands: [{ subscribe: { offset: Number.MAX_SAFE_INTEGER, flag: Number.MIN_SAFE_INTEGER } }],
    },
    {
      name: "any number but 0 for true",
      frame: framed("2a06 18 80808080 10"),
      commands: [{ subscribe: { recover: true } }],
    },
    {
      name: "a bit far up for true",
      frame: framed("2a0b 18 80808080808080808001"),
      commands: [{ subscribe: { recover: true } }],
    },
    {
      name: "0 for false",
      frame: framed("2a02 1800"),
      commands: [{ subscribe: { recover: false } }],
    },
    {
      name: "bytes that are no text, and no bytes for no payload",
      frame: hex("06 3a04 1202fffe 07 3a05 120101 1200 00"),
      commands: [{ publish: { data: Uint8Array.of(0xff, 0xfe) } }, { publish: {} }, {}],
    },
    {
      name: "maps, with keys and values that are left out",
      frame: framed("2211 3206 0a0161 120162 3203 0a0163 3200 1a00"),
      commands: [
        {
          connect: {
            headers: new Map([
              ["a", "b"],
              ["c", ""],
              ["", ""],
            ]),
            subs: new Map([["", {}]]),
          },
        },
      ],
    },
    {
      name: "names of the prototype chain",
      frame: framed("2210 320e 0a09 5f5f70726f746f5f5f 120178"),
      commands: [{ connect: { headers: new Map([["__proto__", "x"]]) } }],
    },
  ];

  it.each(rows)("$name", ({ frame, commands }) => {
    expect(decode(frame)).toEqual({ messages: commands });
  });

  it("and keeps nothing of the frame", () => {
    const frame = Buffer.from(framed("3a04 1202fffe"));
    const { messages } = decode(frame);
    frame.fill(0);
    expect(messages).toEqual([{ publish: { data: Uint8Array.of(0xff, 0xfe) } }]);
  });

  it("reads text of every length of sequences", () => {
    const text = "aé€😀\u{10ffff}\u0000".repeat(3000);
    const limits = { ...commandLimits, maxFrameBytes: 1_000_000 };
    const frame = protobufCodec.encodeCommand({ rpc: { method: text } });
    expect(decode(frame, limits)).toEqual({ messages: [{ rpc: { method: text } }] });
  });
});

describe("frames a server refuses", () => {
  const rows: {
    name: string;
    frame: string | Uint8Array;
    kind: DecodeFault["kind"];
    before?: number;
  }[] = [
    { name: "a text frame", frame: "{}", kind: "type" },
    { name: "an empty frame", frame: hex(""), kind: "malformed" },
    { name: "half a length", frame: hex("80"), kind: "malformed" },
    { name: "half a command", frame: hex("07 0801 2a03"), kind: "malformed" },
    {
      name: "a good command and half a one",
      frame: hex("02 0801 07 08"),
      kind: "malformed",
      before: 1,
    },
    { name: "a length of 2³¹", frame: hex("8080808008 08"), kind: "malformed" },
    { name: "a length of 2³²", frame: hex("8080808010 08"), kind: "malformed" },
    { name: "a negative length", frame: hex("ffffffffffffffffff01"), kind: "malformed" },
    { name: "a length of eleven bytes", frame: hex("8080808080808080808000"), kind: "malformed" },
    { name: "a length beyond 64 bits", frame: hex("80808080808080808002"), kind: "malformed" },
    { name: "a number of a field without an end", frame: framed("0880"), kind: "malformed" },
    { name: "the field number 0", frame: framed("0001"), kind: "malformed" },
    { name: "a field number beyond 2²⁹ − 1", frame: framed("8080808010 00"), kind: "malformed" },
    { name: "the begin of a group", frame: framed("13 14"), kind: "malformed" },
    { name: "the end of a group", frame: framed("14"), kind: "malformed" },
    { name: "the begin of a group in a known field", frame: framed("2b 2c"), kind: "type" },
    {
      name: "a hundred thousand groups in each other",
      frame: framed(new Uint8Array(60_000).fill(0x13)),
      kind: "malformed",
    },
    { name: "the wire type 6", frame: framed("16"), kind: "malformed" },
    { name: "the wire type 7", frame: framed("17"), kind: "malformed" },
    {
      name: "an unknown field that reaches beyond its message",
      frame: framed("12 05 01"),
      kind: "malformed",
    },
    { name: "half an unknown number of 64 bits", frame: framed("11 01020304"), kind: "malformed" },
    { name: "half an unknown number of 32 bits", frame: framed("15 0102"), kind: "malformed" },
    {
      name: "a text that reaches beyond its message",
      frame: hex("06 2a03 0a02 61 00"),
      kind: "malformed",
    },
    {
      name: "a message that reaches beyond its own",
      frame: hex("03 2a05 0a 03 616263"),
      kind: "malformed",
    },
    { name: "a number for a text", frame: framed("2a02 0801"), kind: "type" },
    { name: "a text for a number", frame: framed("0a0161"), kind: "type" },
    { name: "a number for a message", frame: framed("2801"), kind: "type" },
    { name: "a fixed number for a number", frame: framed("0d 01000000"), kind: "type" },
    { name: "an id of 2³²", frame: framed("08 8080808010"), kind: "type" },
    { name: "a number of 32 bits that has 33", frame: framed("5206 38 8080808010"), kind: "type" },
    { name: "an offset of 2⁵³", frame: framed("2a09 38 8080808080808010"), kind: "type" },
    { name: "an offset of 2⁶⁴ − 1", frame: framed("2a0b 38 ffffffffffffffffff01"), kind: "type" },
    { name: "a flag of −2⁵³", frame: framed("2a0b 70 80808080808080f0ff01"), kind: "type" },
    { name: "a flag of −2⁵⁴", frame: framed("2a0b 70 80808080808080e0ff01"), kind: "type" },
    { name: "a text with half a character", frame: framed("2a04 0a02 61c3"), kind: "malformed" },
    { name: "a text with a stray byte", frame: framed("2a04 0a02 61bf"), kind: "malformed" },
    {
      name: "a text with a character that ends too early",
      frame: framed("2a05 0a03 e28261"),
      kind: "malformed",
    },
    {
      name: "a text with an overlong character",
      frame: framed("2a05 0a03 e080af"),
      kind: "malformed",
    },
    {
      name: "a text with an overlong character of two bytes",
      frame: framed("2a04 0a02 c0af"),
      kind: "malformed",
    },
    { name: "a text with a surrogate", frame: framed("2a05 0a03 eda080"), kind: "malformed" },
    { name: "a text beyond U+10FFFF", frame: framed("2a06 0a04 f4908080"), kind: "malformed" },
    {
      name: "a text with a byte that is none of UTF-8",
      frame: framed("2a03 0a01 ff"),
      kind: "malformed",
    },
    { name: "a frame of 65,537 bytes", frame: new Uint8Array(65_537), kind: "limit" },
    { name: "513 commands", frame: new Uint8Array(513), kind: "limit", before: 512 },
  ];

  it.each(rows)("$name", ({ frame, kind, before = 0 }) => {
    const { messages, fault } = decode(frame);
    expect(fault?.kind).toBe(kind);
    expect(fault?.detail).not.toBe("");
    expect(messages).toHaveLength(before);
  });

  it("but not at the limit itself", () => {
    expect(decode(new Uint8Array(512))).toEqual({
      messages: Array.from({ length: 512 }, () => ({})),
    });
    const name = "x".repeat(65_536 - 12);
    const frame = framed(
      Uint8Array.of(
        ...hex("2a"),
        ...varint(name.length + 4),
        ...hex("0a"),
        ...varint(name.length),
        ...utf8(name),
      ),
    );
    expect(frame.length).toBeLessThanOrEqual(65_536);
    expect(decode(frame)).toEqual({ messages: [{ subscribe: { channel: name } }] });
  });

  it("and lets faults of its own code through", () => {
    const broken = createProtobufCodec(() => {
      throw new Error("not the frame's fault");
    });
    expect(() => broken.decodeCommands(framed("3a03 120101"), commandLimits)).toThrow(
      "not the frame's fault",
    );
  });
});

describe("what is written", () => {
  const rows: { name: string; reply: Reply; bytes: string }[] = [
    { name: "a ping", reply: {}, bytes: "00" },
    {
      name: "no zero values, not even where JSON has them",
      reply: {
        id: 0,
        presence_stats: { num_clients: 0, num_users: 2 },
        history: { publications: [], epoch: "", offset: 0 },
      },
      bytes: "06 5202 1002 5a00",
    },
    {
      name: "JSON text as its UTF-8, bytes as they are, no bytes not at all",
      reply: {
        push: {
          channel: "a",
          pub: {
            data: encodePayload("é"),
            info: {
              user: "",
              client: "1",
              conn_info: Uint8Array.of(0xff),
              chan_info: new Uint8Array(0),
            },
          },
        },
      },
      bytes: "15 2213 120161 220e 2204 22c3a922 2a06 120131 1a01ff",
    },
    {
      name: "lists and maps in their order",
      reply: {
        id: 300,
        subscribe: {
          expires: true,
          publications: [
            {
              offset: 1,
              tags: new Map([
                ["a", "b"],
                ["c", ""],
              ]),
            },
            { time: -1 },
          ],
        },
      },
      bytes:
        "27 08ac02 3222 0801 3a11 3001 3a06 0a0161120162 3a05 0a01631200 3a0b 48ffffffffffffffffff01",
    },
  ];

  it.each(rows)("$name", ({ reply, bytes }) => {
    expect(Buffer.from(protobufCodec.encodeReply(reply)).toString("hex")).toBe(
      bytes.replaceAll(" ", ""),
    );
  });

  it("is the same when a publication is asked for again", () => {
    const publications = [{ data: encodePayload({ a: 1 }), offset: 1 }];
    const write = (id: number): Uint8Array =>
      protobufCodec.encodeReply({ id, history: { publications, epoch: "e", offset: 1 } });
    expect(write(1).subarray(3)).toEqual(write(2).subarray(3));
    const { messages } = protobufCodec.decodeReplies(write(3), replyLimits);
    expect(messages).toEqual([
      {
        id: 3,
        history: { publications: [{ data: utf8('{"a":1}'), offset: 1 }], epoch: "e", offset: 1 },
      },
    ]);
  });

  it("is joined without anything between", () => {
    const frame = protobufCodec.join([
      protobufCodec.encodeCommand({}),
      protobufCodec.encodeCommand({ id: 1, ping: {} }),
    ]);
    expect(frame).toEqual(hex("00 04 0801 5a00"));
  });

  it("replaces lone surrogates", () => {
    const frame = protobufCodec.encodeCommand({ rpc: { method: "a\ud800b\udc00" } });
    expect(decode(frame)).toEqual({ messages: [{ rpc: { method: "a\ufffdb\ufffd" } }] });
  });
});

describe("replies a client takes", () => {
  it("fills what is never absent", () => {
    const { messages } = protobufCodec.decodeReplies(
      hex("04 0801 5200 04 0802 5a00 04 0803 4a00 06 2204 2a02 0a00"),
      replyLimits,
    );
    expect(messages).toEqual([
      { id: 1, presence_stats: { num_clients: 0, num_users: 0 } },
      { id: 2, history: { publications: [], epoch: "", offset: 0 } },
      { id: 3, presence: { presence: new Map() } },
      { push: { join: { info: { user: "", client: "" } } } },
    ]);
  });

  it("reads payloads as it is told", () => {
    const codec = createProtobufCodec((bytes) => encodePayload(bytes.length));
    expect(codec.decodeReplies(hex("07 6a05 0a03 010203"), replyLimits).messages).toEqual([
      { rpc: { data: "3" } },
    ]);
  });
});

describe("properties", () => {
  const seeds = { numRuns: 300 };

  it("what is written is read back, and protobufjs reads the same", () => {
    fc.assert(
      fc.property(
        fc.array(anyMessage(replySchema, newerThanOfficial), { minLength: 1, maxLength: 3 }),
        (messages) => {
          const frame = protobufCodec.join(messages.map((one) => protobufCodec.encodeReply(one)));
          const expected = messages.map((one) => normal(one, replySchema));
          const { messages: read, fault } = protobufCodec.decodeReplies(frame, replyLimits);
          expect(fault).toBeUndefined();
          expect(read.map((one) => normal(one, replySchema))).toEqual(expected);
          const official = officialCodec.decodeReplies(frame);
          expect(official.map((one) => fromOfficial(one, replySchema))).toEqual(expected);
        },
      ),
      seeds,
    );
  });

  it("what protobufjs writes is read", () => {
    const limits = { ...commandLimits, maxFrameBytes: 1_000_000 };
    fc.assert(
      fc.property(
        fc.array(anyMessage(commandSchema), { minLength: 1, maxLength: 3 }),
        (messages) => {
          const frame = officialCodec.encodeCommands(
            messages.map((one) => toOfficial(one, commandSchema)),
          );
          const { messages: read, fault } = protobufCodec.decodeCommands(frame, limits);
          expect(fault).toBeUndefined();
          expect(read.map((one) => normal(one, commandSchema))).toEqual(
            messages.map((one) => normal(one, commandSchema)),
          );
        },
      ),
      seeds,
    );
  });

  it("never throws, whatever comes, and gives no more than there was", () => {
    const broken = fc
      .tuple(anyMessage(commandSchema), fc.nat(), fc.integer({ min: 0, max: 255 }), fc.boolean())
      .map(([message, at, byte, cut]) => {
        const frame = protobufCodec.encodeCommand(message);
        const place = at % frame.length;
        if (cut) return frame.slice(0, place);
        frame[place] = byte;
        return frame;
      });
    fc.assert(
      fc.property(fc.oneof(broken, fc.uint8Array({ maxLength: 200 })), (frame) => {
        const { messages, fault } = decode(frame);
        expect(messages.length).toBeLessThanOrEqual(frame.length);
        expect(["malformed", "type", "limit", undefined]).toContain(fault?.kind);
      }),
      { numRuns: 1000 },
    );
  });
});
