/**
 * Bytes to feed to an engine: mostly frames that are nearly right, for pure noise is refused at its first byte.
 */
import type { Role } from "@tautline/protocol";
import { encode } from "../../packages/protocol/test/frame-bytes.ts";

/** The frames of an input are drawn from one of these: a bit of everything, a flood of pings, messages. */
const moods = [[0, 0, 0, 1, 1, 2, 2, 8, 9, 9, 10], [9], [1, 2], [0, 0, 0, 0, 0, 0, 0, 0, 9]];
const reservedOpcodes = [3, 4, 7, 11, 15];
const lengths = [0, 0, 1, 2, 5, 20, 124, 125, 126, 127, 500, 1024];
const codes = [1000, 1001, 1005, 3000, 4999, 5000];
/** How often a decision is a wrong one; each input has its own. */
const noises = [0, 0.002, 0.01, 0.05];

/** A sequence of frames for `reader`. */
export function wildFrames(random: () => number, reader: Role): Uint8Array {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
  const [mood, noise] = [pick(moods), pick(noises)];
  const wrongly = () => random() < noise;
  let unfinished = false;
  const frame = () => {
    const drawn = wrongly() ? pick(reservedOpcodes) : pick(mood);
    // A continuation where a message is unfinished, a beginning where none is.
    const opcode = drawn > 2 || wrongly() ? drawn : unfinished ? 0 : drawn || 2;
    const control = opcode >= 8;
    const byteLength = pick(lengths.filter((length) => !control || length <= 125 || wrongly()));
    const fin = control ? !wrongly() : random() < 0.4;
    if (!control) unfinished = !fin;
    return {
      opcode,
      payload: opcode === 8 ? closePayload(pick(codes), byteLength) : text(random, byteLength),
      fin,
      ...(wrongly() && { reserved: pick([1, 2, 4]) }),
      ...(wrongly() && { masked: reader === "client" }),
      ...(wrongly() && { lengthBits: 64 as const }),
      ...(wrongly() && {
        claimedLength: pick([0n, 2n ** 32n, 2n ** 63n]),
        lengthBits: 64 as const,
      }),
    };
  };
  const count = 1 + Math.floor(random() * random() * 80);
  return encode(
    Array.from({ length: count }, () => (wrongly() ? noiseBytes(random, 20) : frame())),
    reader,
  );
}

export function noiseBytes(random: () => number, byteLength: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, () => Math.floor(random() * 256));
}

function text(random: () => number, byteLength: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, () => Math.floor(random() * 128));
}

function closePayload(code: number, byteLength: number): Uint8Array {
  const reason = Array<number>(byteLength).fill(0x61);
  return Uint8Array.of(code >> 8, code & 0xff, ...reason).subarray(0, byteLength);
}
