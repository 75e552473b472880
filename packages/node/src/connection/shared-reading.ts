/**
 * Reading past the streams: every socket that can reads into the same memory, and whoever is its reader at the time is
 * handed what came. It knows nothing of what the bytes are, nor when somebody else takes over.
 */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { readInto } from "./socket-internals.ts";

/** Takes what a socket has read. */
export interface SocketReader {
  /**
   * @param memory the reader's to overwrite during the call; it is read into again when this returns
   * @returns false stops the reading
   */
  read(memory: Buffer): boolean;
}

/** The reader of a socket: `onRead` is the same function for all, because a connection costs memory enough. */
const reader = Symbol("reader");

interface ReadSocket {
  [reader]?: SocketReader;
}

/** Enough for most messages in one read, and little for what is read beyond a bound; small ones touch its beginning only. */
const readBytes = 128 * 1024;

/** What every socket is read into: its bytes are used up before anything else is read. */
let readMemory: Buffer | undefined;

function onRead(this: Socket & ReadSocket, byteLength: number): boolean {
  return this[reader]?.read(readMemoryOf(byteLength)) ?? true;
}

/** What sockets are to read into. */
export function readWhole(): Buffer {
  readMemory ??= Buffer.allocUnsafeSlow(readBytes);
  return readMemory;
}

/** The part that was read last: reads are often as long as the one before. */
let lastRead: Buffer | undefined;

/** The first `byteLength` bytes of what was read into. */
export function readMemoryOf(byteLength: number): Buffer {
  if (lastRead?.byteLength === byteLength) return lastRead;
  lastRead = readWhole().subarray(0, byteLength);
  return lastRead;
}

/**
 * Has `socket` hand what it reads from now on to `next`, which may take over from another reader.
 *
 * @returns false when that cannot be had: the socket is as it was
 */
export function readPast(socket: Socket & ReadSocket, next: SocketReader): boolean {
  const isReading = socket[reader] !== undefined && !socket.destroyed;
  if (!isReading && !readInto(socket, readWhole(), onRead)) return false;
  socket[reader] = next;
  return true;
}

/** Has what `socket` reads come by its stream again. */
export function readByStream(socket: Socket): void {
  readPast(socket, { read: (memory) => socket.push(Buffer.from(memory)) });
}
