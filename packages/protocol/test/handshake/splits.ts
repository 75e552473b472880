/**
 * The ways in which the same bytes can arrive: whole, byte by byte, and cut at random.
 */
import { generator } from "../deterministic-platform.ts";
import { seed } from "../seed.ts";

/** One way to cut bytes; its name holds the seed, so that a failure can be repeated. */
export interface Playing {
  readonly name: string;
  readonly cut: (bytes: Uint8Array) => Uint8Array[];
}

function cutAtRandom(bytes: Uint8Array): Uint8Array[] {
  const random = generator(seed);
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + Math.floor(random() * 24);
    chunks.push(bytes.slice(start, end));
    start = Math.min(end, bytes.length);
  }
  return chunks;
}

/** Each chunk is a copy, as from a read buffer. */
export const playings: readonly Playing[] = [
  { name: "whole", cut: (bytes) => [bytes.slice()] },
  { name: "byte by byte", cut: (bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)) },
  { name: `cut at random, TAUTLINE_SEED=${seed}`, cut: cutAtRandom },
];

/** Gives `chunks` to `receive` until it says something else than "pending"; what was not given is added to `rest`. */
export function play<Result extends { readonly state: string }>(
  chunks: readonly Uint8Array[],
  receive: (chunk: Uint8Array) => Result,
): { readonly result: Result; readonly left: Uint8Array } {
  let result: Result | undefined;
  for (const [index, chunk] of chunks.entries()) {
    result = receive(chunk);
    if (result.state !== "pending") {
      return { result, left: concat(chunks.slice(index + 1)) };
    }
    // A chunk belongs to its giver: whatever was kept of it must have been copied.
    chunk.fill(0x2a);
  }
  return { result: result!, left: new Uint8Array(0) };
}

/** All chunks in one piece. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(chunks.flatMap((chunk) => Array.from(chunk)));
}
