/**
 * Short pieces of output put together, so that they leave in one piece. What goes to many connections in one turn is put
 * together once: the next connection usually has the same pieces to write.
 */
import { Buffer } from "node:buffer";

/**
 * More than this is not copied: the system takes it piece by piece. It also keeps out what belongs to applications, who may
 * change it once it is written (16 KiB and more, see `referencedFromBytes`): pieces that are the same have the same bytes.
 */
const maxJoinedBytes = 16 * 1024;

let memory: Buffer | undefined;
let pieces: readonly Uint8Array[] = [];
let joined: Uint8Array | undefined;

/**
 * `chunks`, of `byteLength` bytes in all, as one; `undefined` where they are better written as they are. What is returned
 * changes with the next call, unless {@link forgetJoined} comes before.
 */
export function joinedOutput(
  chunks: readonly Uint8Array[],
  byteLength: number,
): Uint8Array | undefined {
  if (chunks.length < 2 || byteLength > maxJoinedBytes) return undefined;
  if (joined !== undefined && areSame(chunks, pieces)) return joined;
  memory ??= Buffer.allocUnsafeSlow(maxJoinedBytes);
  let at = 0;
  for (const chunk of chunks) {
    memory.set(chunk, at);
    at += chunk.byteLength;
  }
  pieces = chunks;
  joined = memory.subarray(0, at);
  return joined;
}

/** Leaves what was joined last to whoever still needs it. */
export function forgetJoined(): void {
  memory = undefined;
  pieces = [];
  joined = undefined;
}

function areSame(chunks: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  if (chunks.length !== others.length) return false;
  for (let index = 0; index < chunks.length; index += 1) {
    if (chunks[index] !== others[index]) return false;
  }
  return true;
}
