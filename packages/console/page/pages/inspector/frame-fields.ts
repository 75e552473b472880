/**
 * The header of a frame as the fields of RFC 6455 §5.2, with their bits, from the bytes as they travelled. It draws nothing and
 * says nothing about what the fields mean.
 */
import { fromHex } from "./payload-bytes.ts";

export type FieldName =
  "fin" | "rsv1" | "rsv2" | "rsv3" | "opcode" | "mask" | "length" | "extended" | "key";

export interface FrameField {
  readonly name: FieldName;
  /** Zeros and ones, in the order of the wire. */
  readonly bits: string;
  /** As a number; of the mask key, of which nobody counts, 0. */
  readonly value: number;
}

/** Fields by their width, up to the length. */
const beginning: readonly (readonly [FieldName, number])[] = [
  ["fin", 1],
  ["rsv1", 1],
  ["rsv2", 1],
  ["rsv3", 1],
  ["opcode", 4],
  ["mask", 1],
  ["length", 7],
];

export function frameFields(header: string): readonly FrameField[] {
  const bytes = fromHex(header) ?? new Uint8Array();
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const isMasked = bits[8] === "1";
  const rest = bytes.length - 2 - (isMasked ? 4 : 0);
  const widths: (readonly [FieldName, number])[] = [...beginning];
  if (rest > 0) widths.push(["extended", rest * 8]);
  if (isMasked) widths.push(["key", 32]);
  let at = 0;
  return widths.map(([name, width]) => {
    const own = bits.slice(at, at + width);
    at += width;
    return { name, bits: own, value: name === "key" ? 0 : Number(BigInt(`0b${own || "0"}`)) };
  });
}

/** A part of a field that stands in one row of the drawing. */
export interface FieldRun {
  readonly field: FrameField;
  readonly bits: string;
  /** The first bit's place within the field. */
  readonly offset: number;
}

/** The fields in rows of so many bits, as in the figure of RFC 6455 §5.2. */
export function fieldRows(
  fields: readonly FrameField[],
  columns: number,
): readonly (readonly FieldRun[])[] {
  const rows: FieldRun[][] = [[]];
  let room = columns;
  for (const field of fields) {
    for (let offset = 0; offset < field.bits.length;) {
      const bits = field.bits.slice(offset, offset + room);
      rows.at(-1)?.push({ field, bits, offset });
      offset += bits.length;
      room -= bits.length;
      if (room === 0) {
        rows.push([]);
        room = columns;
      }
    }
  }
  return rows.filter((row) => row.length > 0);
}

export const opcodeNames: Readonly<Record<number, string>> = {
  0: "continuation",
  1: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
};
