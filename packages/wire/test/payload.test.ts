/** Values become payloads and come back; what has no JSON form is the caller's mistake. */

import { describe, expect, it } from "vitest";
import { decodePayload, encodePayload, jsonCodec, jsonOf, jsonTextCodec } from "@tautline/wire";
import { payloadBytes, PayloadMismatch } from "@tautline/wire";

const levels = (count: number): string => "[".repeat(count) + "]".repeat(count);

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("payloads", () => {
  it("hold any JSON value", () => {
    for (const value of [null, 0, "", "a\nb", [1, { two: [] }], { __proto__: null }]) {
      expect(decodePayload(encodePayload(value))).toEqual(value);
    }
  });

  it("never hold a line feed", () => {
    expect(encodePayload({ text: "a\nb\u2028" })).not.toContain("\n");
  });

  it("refuse what has no JSON form", () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    for (const value of [undefined, () => 1, Symbol("x"), 1n, cycle]) {
      expect(() => encodePayload(value)).toThrow(TypeError);
    }
  });

  it("of bytes are copies on both ways", () => {
    const bytes = Uint8Array.of(1, 2);
    const payload = encodePayload(bytes);
    bytes.fill(9);
    const value = decodePayload(payload) as Uint8Array;
    expect(value).toEqual(Uint8Array.of(1, 2));
    value.fill(9);
    expect(decodePayload(payload)).toEqual(Uint8Array.of(1, 2));
  });

  it("have bytes, those of JSON in UTF-8", () => {
    expect(payloadBytes(encodePayload("é😀"))).toEqual(utf8('"é😀"'));
    expect(payloadBytes(encodePayload(Uint8Array.of(255)))).toEqual(Uint8Array.of(255));
  });
});

const reply = (bytes: Uint8Array): string => jsonCodec.encodeReply({ rpc: { data: bytes } });

const send = (value: unknown): string =>
  jsonTextCodec.encodeCommand({ send: { data: encodePayload(value) } });

describe("bytes for a connection that speaks JSON", () => {
  const rows: { name: string; bytes: Uint8Array; text: string | undefined }[] = [
    { name: "JSON", bytes: utf8('{"é": [1e3]}'), text: '{"é": [1e3]}' },
    { name: "JSON on several lines", bytes: utf8('\n{"a":\n1}\n'), text: '\n{"a":\n1}\n' },
    { name: "64 levels", bytes: utf8(levels(64)), text: levels(64) },
    { name: "65 levels", bytes: utf8(levels(65)), text: undefined },
    { name: "half of JSON", bytes: utf8('{"a":'), text: undefined },
    { name: "JSON and more", bytes: utf8("1 2"), text: undefined },
    { name: "text in quotes that is no UTF-8", bytes: Uint8Array.of(34, 255, 34), text: undefined },
    { name: "nothing", bytes: new Uint8Array(0), text: undefined },
  ];

  it.each(rows)("$name", ({ bytes, text }) => {
    expect([jsonOf(bytes), jsonOf(bytes)]).toEqual([text, text]);
  });

  it("that are JSON text already are that text", () => {
    const text = encodePayload({ n: 1 });
    expect(jsonOf(text)).toBe(text);
  });

  it("that are JSON travel in its codec, others cannot", () => {
    expect(reply(utf8("[\n1]\n"))).toBe('{"rpc":{"data":[1]}}');
    expect(() => reply(utf8("[1"))).toThrow(PayloadMismatch);
    expect(reply(new Uint8Array(0))).toBe('{"rpc":{}}');
  });

  it("cannot travel in that of clients at all", () => {
    expect(send([1])).toBe('{"send":{"data":[1]}}');
    expect(() => send(utf8("[1]"))).toThrow(TypeError);
  });
});
