import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binary, encode, filler, opcodes, text } from "./frame-bytes.ts";
import { said } from "./frame-text.ts";
import { ObservedEngine } from "./observed-engine.ts";
import "./seed.ts";

const octet = fc.nat({ max: 255 });
const masked = fc.record({
  payload: fc.uint8Array({ maxLength: 400 }),
  key: fc.tuple(octet, octet, octet, octet),
  lead: fc.nat({ max: 9 }),
});

describe("masking [RFC6455-6.2-5]", () => {
  test("is undone at any alignment in memory, and nothing outside the chunk is touched", () => {
    fc.assert(
      fc.property(masked, ({ payload, key, lead }) => {
        const wire = encode([binary(payload, { key })], "server");
        const memory = filler(lead + wire.byteLength + 5);
        const chunk = memory.subarray(lead, lead + wire.byteLength);
        chunk.set(wire);
        const observed = new ObservedEngine("server");
        observed.engine.receive(chunk, 0);
        expect(observed.events).toEqual([said.binary(payload)]);
        expect(memory.subarray(0, lead)).toEqual(filler(lead));
        const trail = lead + wire.byteLength;
        expect(memory.subarray(trail)).toEqual(filler(memory.byteLength).subarray(trail));
      }),
      { numRuns: 500 },
    );
  });

  test("of a text is undone, ASCII or not, short or long", () => {
    const texts = [
      "",
      "a",
      "plain text",
      "plain ".repeat(50),
      "é",
      "0123456é",
      `${"x".repeat(300)}é`,
    ];
    const key = [0x80, 0xff, 0x01, 0x7f] as const;
    const frames = texts.map((message) => text(message, { key: [...key] }));
    const observed = new ObservedEngine("server");
    observed.receiveBytes(encode(frames, "server"));
    expect(observed.events).toEqual(texts.map((message) => said.text(message)));
  });

  test("is undone however the payload is cut", () => {
    fc.assert(
      fc.property(masked, fc.array(fc.nat({ max: 400 }), { maxLength: 5 }), (given, cuts) => {
        const wire = encode([binary(given.payload, { key: given.key })], "server");
        const observed = new ObservedEngine("server");
        const inside = cuts.filter((cut) => cut < wire.byteLength).sort((a, b) => a - b);
        let start = 0;
        for (const end of [...inside, wire.byteLength]) {
          observed.receiveBytes(wire.subarray(start, end));
          start = end;
        }
        expect(observed.events).toEqual([said.binary(given.payload)]);
      }),
      { numRuns: 500 },
    );
  });

  test("by a client is what its peer undoes, at any length [RFC6455-5.3-1]", () => {
    const client = new ObservedEngine("client");
    const server = new ObservedEngine("server");
    const lengths = Array.from({ length: 300 }, (_, byteLength) => byteLength);
    for (const byteLength of lengths) client.engine.sendBinary(filler(byteLength));
    server.receiveBytes(client.written());
    expect(server.events).toEqual(lengths.map((byteLength) => said.binary(filler(byteLength))));
  });

  test("is applied to control frames too", () => {
    const observed = new ObservedEngine("server");
    observed.receive({ opcode: opcodes.ping, payload: filler(125), key: [1, 2, 3, 4] });
    expect(observed.events).toEqual([said.ping(filler(125))]);
  });
});
