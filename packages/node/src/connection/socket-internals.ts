/**
 * What is known of the inside of a net.Socket on the running Node.js: where it keeps the memory that it reads into.
 *
 * `net.connect({ onread: { buffer, callback } })` is documented: the socket reads into one buffer and calls back, with no
 * stream in between. Only a socket that somebody else has made cannot be given it any more. So a socket is made here
 * with that option, over a handle that only looks on, to see what Node.js itself does with it. Where all of it is as
 * expected, the same can be done to a socket that has been accepted; where anything is not, nobody does it.
 */
import { Buffer } from "node:buffer";
import { Socket } from "node:net";
import type { SocketConstructorOpts } from "node:net";
import process from "node:process";

/** Takes `byteLength` bytes that were read to the start of `memory`. `false` stops the reading. */
export type OnRead = (this: Socket, byteLength: number, memory: Uint8Array) => boolean;

/** What a socket's handle needs to have. */
interface ReadingHandle {
  useUserBuffer(memory: Uint8Array): void;
}

interface SocketKeys {
  readonly memory: symbol;
  readonly onRead: symbol;
}

/** A handle that notes what is asked of it. */
export class LookOnHandle {
  readonly calls: string[] = [];
  memory: unknown;
  written: unknown;
  /** What the socket has its handle call at each read. */
  onread: unknown;
  /** The requests that came with the last write and the last shutdown. */
  writeRequest: unknown;
  shutdownRequest: unknown;
  reading = false;

  useUserBuffer(memory: unknown): void {
    this.calls.push("useUserBuffer");
    this.memory = memory;
  }

  readStart(): number {
    this.calls.push("readStart");
    return 0;
  }

  readStop(): number {
    this.calls.push("readStop");
    return 0;
  }

  writeBuffer(request: unknown, bytes: unknown): number {
    this.calls.push("writeBuffer");
    this.writeRequest = request;
    this.written = bytes;
    return 0;
  }

  writev(_request: unknown, chunks: unknown, areBuffers: unknown): number {
    this.calls.push(areBuffers === true ? "writev" : "writev of texts");
    this.written = chunks;
    return 0;
  }

  shutdown(request: unknown): number {
    this.calls.push("shutdown");
    this.shutdownRequest = request;
    return 0;
  }

  close(): void {
    this.calls.push("close");
  }
}

let keys: SocketKeys | undefined;
let looked = false;

/** The keys under which sockets keep what they read into, or `undefined` where they do not as expected. */
export function socketKeys(): SocketKeys | undefined {
  if (looked) return keys;
  looked = true;
  if (process.env["TAUTLINE_SOCKETS"] === "documented") return undefined;
  try {
    keys = lookInside();
  } catch {
    // Whatever it was, it was not expected.
  }
  return keys;
}

const callback = (): boolean => true;

function lookInside(): SocketKeys | undefined {
  const handle = new LookOnHandle();
  const memory = Buffer.alloc(1);
  const options: SocketConstructorOpts & { handle: object; onread: object } = {
    handle,
    onread: { buffer: memory, callback },
  };
  const socket = new Socket(options);
  socket.on("error", () => undefined);
  const found = { memory: keyOf(socket, memory), onRead: keyOf(socket, callback) };
  const plain = new Socket();
  const { memory: memoryKey, onRead } = found;
  if (memoryKey === undefined || onRead === undefined) return undefined;
  // A socket without the option has the same keys, with nothing there: giving them a value changes no object's shape.
  if (valueOf(plain, memoryKey) !== null || valueOf(plain, onRead) !== null) return undefined;
  if (handle.memory !== memory || !readsAndWrites(socket, handle)) return undefined;
  socket.destroy();
  return { memory: memoryKey, onRead };
}

/** Whether pausing and writing reach the handle at once, and with the very bytes that were given. */
function readsAndWrites(socket: Socket, handle: LookOnHandle): boolean {
  const bytes = Buffer.alloc(1);
  socket.pause();
  socket.resume();
  writeAtOnce(socket, [bytes], () => undefined);
  if (handle.written !== bytes) return false;
  writeAtOnce(socket, [bytes, bytes], () => undefined);
  if (!Array.isArray(handle.written) || handle.written[1] !== bytes) return false;
  return handle.calls.join() === expectedCalls;
}

const expectedCalls = "useUserBuffer,readStart,readStop,readStart,writeBuffer,writev";

interface Writer {
  _write(chunk: Uint8Array, encoding: BufferEncoding | "buffer", done: WriteDone): void;
  _writev?(chunks: BufferList, done: WriteDone): void;
}

type BufferList = { chunk: Uint8Array; encoding: BufferEncoding }[] & { allBuffers?: boolean };

/** Called within the write when the system has taken all of it, and later otherwise. */
export type WriteDone = (error?: Error | null) => void;

/** Writes `chunks` to the handle of `socket`, which must have nothing of its own to write. */
export function writeAtOnce(socket: Writer, chunks: readonly Uint8Array[], done: WriteDone): void {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) {
    socket._write(first, "buffer", done);
    return;
  }
  const list: BufferList = chunks.map((chunk) => ({ chunk, encoding: "binary" }));
  // Otherwise they would be taken for texts.
  list.allBuffers = true;
  socket._writev?.(list, done);
}

/** The symbol under which `owner` keeps `value`. */
export function keyOf(owner: object, value: unknown): symbol | undefined {
  return Object.getOwnPropertySymbols(owner).find((key) => valueOf(owner, key) === value);
}

function valueOf(owner: object, key: symbol): unknown {
  return Reflect.get(owner, key);
}

function hasReadingHandle(socket: Socket): socket is Socket & { readonly _handle: ReadingHandle } {
  const handle: unknown = "_handle" in socket ? socket._handle : undefined;
  return (
    typeof handle === "object" &&
    handle !== null &&
    "useUserBuffer" in handle &&
    typeof handle.useUserBuffer === "function"
  );
}

/**
 * Makes `socket` read into `memory`, which any number of sockets may share, and call `onRead` at each read. Bytes that
 * it has read before still come as 'data', and so do its end and its errors.
 *
 * @returns false when that cannot be had: the socket is as it was
 */
export function readInto(socket: Socket, memory: Uint8Array, onRead: OnRead): boolean {
  const found = socketKeys();
  // A class of its own, such as a TLS socket's, may do anything with what it reads.
  if (found === undefined || Object.getPrototypeOf(socket) !== Socket.prototype) return false;
  if (socket.destroyed || socket.connecting || !hasReadingHandle(socket)) return false;
  if (valueOf(socket, found.memory) !== null) return false;
  Reflect.set(socket, found.memory, memory);
  Reflect.set(socket, found.onRead, onRead);
  socket._handle.useUserBuffer(memory);
  return true;
}
