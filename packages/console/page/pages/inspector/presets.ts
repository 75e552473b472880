/** Frames worth trying on a server: a few rare but right ones, and what it must refuse, each with the rule it breaks. */
import type { FrameOrder, OrderedPayload } from "./orders.ts";

export interface Preset {
  readonly id: PresetId;
  readonly section: string;
  /** What a server answers that follows the rules; undefined where nothing is wrong. */
  readonly closes: number | undefined;
  readonly frames: readonly FrameOrder[];
}

export const presetIds = [
  "pingBetween",
  "emptyFragments",
  "unmasked",
  "reservedOpcode",
  "rsv",
  "badText",
  "bareContinuation",
  "interleaved",
  "fragmentedPing",
  "longPing",
  "longForm",
  "closeCode",
  "closeByte",
  "hugeLength",
] as const;
export type PresetId = (typeof presetIds)[number];

const text = (value: string): OrderedPayload => ({ text: value });

export const presets: readonly Preset[] = [
  {
    id: "pingBetween",
    section: "RFC 6455 §5.4",
    closes: undefined,
    frames: [
      { opcode: 1, fin: false, payload: text("Hel") },
      { opcode: 9, payload: text("still there?") },
      { opcode: 0, payload: text("lo") },
    ],
  },
  {
    id: "emptyFragments",
    section: "RFC 6455 §5.4",
    closes: undefined,
    frames: [
      { opcode: 1, fin: false },
      { opcode: 0, fin: false, payload: text("slack") },
      { opcode: 0 },
    ],
  },
  {
    id: "unmasked",
    section: "RFC 6455 §5.1",
    closes: 1002,
    frames: [{ opcode: 1, mask: "none", payload: text("no mask") }],
  },
  {
    id: "reservedOpcode",
    section: "RFC 6455 §5.2",
    closes: 1002,
    frames: [{ opcode: 3, payload: text("what am I?") }],
  },
  {
    id: "rsv",
    section: "RFC 6455 §5.2",
    closes: 1002,
    frames: [{ opcode: 1, rsv: 2, payload: text("RSV2 is set") }],
  },
  {
    id: "badText",
    section: "RFC 6455 §8.1",
    closes: 1007,
    frames: [{ opcode: 1, payload: { hex: "66 69 6e 65 20 ce ba ff" } }],
  },
  {
    id: "bareContinuation",
    section: "RFC 6455 §5.4",
    closes: 1002,
    frames: [{ opcode: 0, payload: text("of what?") }],
  },
  {
    id: "interleaved",
    section: "RFC 6455 §5.4",
    closes: 1002,
    frames: [
      { opcode: 1, fin: false, payload: text("one mess") },
      { opcode: 1, payload: text("another") },
    ],
  },
  {
    id: "fragmentedPing",
    section: "RFC 6455 §5.5",
    closes: 1002,
    frames: [{ opcode: 9, fin: false, payload: text("half a ping") }],
  },
  {
    id: "longPing",
    section: "RFC 6455 §5.5",
    closes: 1002,
    frames: [{ opcode: 9, payload: text("x".repeat(126)) }],
  },
  {
    id: "longForm",
    section: "RFC 6455 §5.2",
    closes: 1002,
    frames: [{ opcode: 1, lengthBytes: 8, payload: text("short") }],
  },
  {
    id: "closeCode",
    section: "RFC 6455 §7.4.1",
    closes: 1002,
    frames: [{ opcode: 8, payload: { hex: "03 ed" } }],
  },
  {
    id: "closeByte",
    section: "RFC 6455 §5.5.1",
    closes: 1002,
    frames: [{ opcode: 8, payload: { hex: "03" } }],
  },
  {
    id: "hugeLength",
    section: "RFC 6455 §10.4",
    closes: 1009,
    frames: [{ opcode: 2, saidLength: 2 ** 42, payload: { hex: "00" } }],
  },
];
