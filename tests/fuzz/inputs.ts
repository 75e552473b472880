/**
 * Bytes to feed to an engine: mostly frames that are nearly right, for pure noise is refused at its first byte.
 */
import type { Role } from "@tautline/protocol";
import { encode } from "../../packages/protocol/test/frame-bytes.ts";

const opcodes = [0, 0, 0, 1, 1, 2, 2, 8, 9, 9, 10, 3, 15];
const lengths = [0, 0, 1, 2, 5, 20, 124, 125, 126, 127, 500, 1024, 1025, 3000];
const codes = [1000, 1001, 1005, 3000, 4999, 5000];
const noise = 0.03;

/** A sequence of frames for `reader`, in which about every thirtieth decision is a wrong one. */
export function wildFrames(random: () => number, reader: Role): Uint8Array {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
  const rarely = () => random() < noise;
  const frames = Array.from({ length: 1 + Math.floor(random() * 12) }, () => {
    if (rarely()) return bytes(random, 20, 256);
    const opcode = pick(opcodes);
    const control = opcode >= 8;
    const byteLength = pick(lengths.filter((length) => !control || length <= 125 || rarely()));
    return {
      opcode,
      payload:
        opcode === 8
          ? closePayload(pick(codes), byteLength)
          : bytes(random, byteLength, rarely() ? 256 : 128),
      fin: control ? !rarely() : random() < 0.6,
      ...(rarely() && { reserved: pick([1, 2, 4]) }),
      ...(rarely() && { masked: reader === "client" }),
      ...(rarely() && { lengthBits: 64 as const }),
      ...(rarely() && {
        claimedLength: pick([0n, 125n, 2n ** 32n, 2n ** 63n]),
        lengthBits: 64 as const,
      }),
    };
  });
  return encode(frames, reader);
}

/** `byteLength` random bytes below `below`: below 128 they are text. */
export function bytes(random: () => number, byteLength: number, below: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, () => Math.floor(random() * below));
}

function closePayload(code: number, byteLength: number): Uint8Array {
  return Uint8Array.of(code >> 8, code & 0xff, ...Array<number>(byteLength).fill(0x61)).subarray(
    0,
    byteLength,
  );
}
