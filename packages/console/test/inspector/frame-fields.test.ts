// A header's bits in the fields of RFC 6455 §5.2, and the header of a frame that is not sent yet.
import { describe, expect, it } from "vitest";

import { composedHeader } from "../../page/pages/inspector/composed-header.ts";
import { fieldRows, frameFields } from "../../page/pages/inspector/frame-fields.ts";

const summary = (header: string) =>
  frameFields(header).map(({ name, bits, value }) => `${name} ${bits.length} ${value}`);

const beginning = (fin: number, opcode: number, mask: number, length: number) => [
  `fin 1 ${fin}`,
  "rsv1 1 0",
  "rsv2 1 0",
  "rsv3 1 0",
  `opcode 4 ${opcode}`,
  `mask 1 ${mask}`,
  `length 7 ${length}`,
];

describe("fields", () => {
  const rows = [
    { name: "an unmasked text of 5 bytes", header: "8105", fields: beginning(1, 1, 0, 5) },
    {
      name: "a masked one",
      header: "818537fa213d",
      fields: [...beginning(1, 1, 1, 5), "key 32 0"],
    },
    {
      name: "16 bits of length",
      header: "027e0100",
      fields: [...beginning(0, 2, 0, 126), "extended 16 256"],
    },
    {
      name: "64 bits of length, and a mask",
      header: "82ff0000000000010000aabbccdd",
      fields: [...beginning(1, 2, 1, 127), "extended 64 65536", "key 32 0"],
    },
  ];
  for (const { name, header, fields } of rows) {
    it(`are those of ${name}`, () => expect(summary(header)).toEqual(fields));
  }

  it("keep the bits of the key as they are", () => {
    const key = frameFields("818537fa213d").find(({ name }) => name === "key");
    expect(key?.bits).toBe("00110111111110100010000100111101");
  });
});

describe("rows", () => {
  it("break fields where they end", () => {
    const rows = fieldRows(frameFields("818537fa213d"), 32);
    expect(rows.map((row) => row.map(({ bits }) => bits.length))).toEqual([
      [1, 1, 1, 1, 4, 1, 7, 16],
      [16],
    ]);
    expect(rows[1]?.[0]?.offset).toBe(16);
  });

  it("are none of no width", () => {
    expect(fieldRows(frameFields("8105"), 16)).toHaveLength(1);
  });
});

describe("the header of what is to be sent", () => {
  const rows = [
    { order: { opcode: 1, payload: { text: "é" } }, header: "818200000000" },
    { order: { opcode: 9, mask: "none", payload: { hex: "00 01" } }, header: "8902" },
    { order: { opcode: 1, fin: false, rsv: 4, mask: "0a0b0c0d" }, header: "41800a0b0c0d" },
    { order: { opcode: 2, mask: "none", saidLength: 300 }, header: "827e012c" },
    { order: { opcode: 2, mask: "none", lengthBytes: 8 as const }, header: "827f0000000000000000" },
    { order: { opcode: 2, mask: "none", saidLength: 2 ** 42 }, header: "827f0000040000000000" },
  ];
  for (const { order, header } of rows) {
    it(`is ${header}`, () => expect(composedHeader(order).header).toBe(header));
  }
});
