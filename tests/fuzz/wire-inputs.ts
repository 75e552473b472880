/** Frames of the hub's protocol for fuzzing: nearly right, in both formats. */
import type { Command } from "@tautline/wire";
import { encodePayload, jsonCodec, protobufCodec } from "@tautline/wire";
import { noiseBytes } from "./inputs.ts";

const position = { epoch: "e", offset: 2 ** 40, recover: true };
const commands: readonly Command[] = [
  {},
  {
    id: 1,
    connect: { token: "t", headers: new Map([["a", "b"]]), subs: new Map([["c", position]]) },
  },
  { id: 2, subscribe: { channel: "é🎉", ...position, flag: -1, data: encodePayload({ a: [1] }) } },
  { id: 3, history: { channel: "a", limit: -1, since: { offset: 1, epoch: "e" }, reverse: true } },
  { id: 4, publish: { channel: "a", data: encodePayload("x".repeat(100)) } },
  { send: { data: encodePayload(null) } },
];

/** Bytes that mean something in Protobuf: small tags, long numbers, groups, the ends of ranges. */
const telling = [0x00, 0x07, 0x08, 0x0a, 0x0b, 0x0c, 0x0f, 0x12, 0x1a, 0x22, 0x7f, 0x80, 0xff];

/** The same for JSON. */
const signs = Array.from('{}[]",:\\u0-eE.\n tfn\ud800');

/** A frame of some of the commands, with some of its bytes changed, put in, or taken out. */
export function wildProtobuf(random: () => number): Uint8Array {
  if (random() < 0.1) return noiseBytes(random, Math.floor(random() * 100));
  const bytes = [
    ...protobufCodec.join(some(random).map((one) => protobufCodec.encodeCommand(one))),
  ];
  return Uint8Array.from(mutate(bytes, random, () => pick(telling, random)));
}

/** The same in JSON. */
export function wildJson(random: () => number): string {
  const frame = jsonCodec.join(some(random).map((one) => jsonCodec.encodeCommand(one)));
  return mutate(frame.split(""), random, () => pick(signs, random)).join("");
}

function some(random: () => number): readonly Command[] {
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(commands, random));
}

function mutate<Unit>(units: Unit[], random: () => number, unit: () => Unit): Unit[] {
  for (let count = Math.floor(random() * 4); count > 0; count -= 1) {
    const at = Math.floor(random() * units.length);
    const removed = random() < 0.5 ? 1 : Math.floor(random() * random() * 20);
    units.splice(at, removed, ...(random() < 0.7 ? [unit()] : []));
  }
  return random() < 0.2 ? units.slice(0, Math.floor(random() * units.length)) : units;
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("Nothing to pick from");
  return item;
}
