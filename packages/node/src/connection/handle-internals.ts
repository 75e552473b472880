/**
 * What is known of the handle below a TCP socket on the running Node.js: who is told of its reads, and how it is written to.
 *
 * Node.js keeps a handle's owner in one place and calls it in a few ways at each read. Anything that has those may own a
 * handle; a whole `net.Socket` costs several times what a WebSocket connection does. As with sockets, a handle that only
 * looks on tells where things are, and the text of the one function that calls an owner is compared with the one that is
 * known: where anything is not as expected, nobody owns a handle but sockets.
 */
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { Socket } from "node:net";
import { LookOnHandle, keyOf, socketKeys, writeAtOnce } from "./socket-internals.ts";

/** A request for something that may take a while. */
export interface HandleRequest {
  /** Called when it is done, with 0 or what went wrong as a negative number. */
  oncomplete: ((this: HandleRequest, status: number) => void) | undefined;
  /** Whose it is. */
  owner: RequestOwner | undefined;
  /** What must not be collected before it is done. */
  held: unknown;
  /** The number of what the system works on, or -1 when it does not work on this request. */
  getAsyncId(): number;
  /** Where the handle has made the request: what came of it, when that is known before anybody asked to be called. */
  readonly writeStatus?: number | null;
}

export interface RequestOwner {
  /** `status` is 0 or a negative number of an error. */
  wrote(status: number): void;
  shutDown(status: number): void;
}

export interface HandleAddress {
  address?: string;
  port?: number;
}

/** The part of a TCP handle that is used here. */
export interface StreamHandle {
  [key: symbol]: unknown;
  onread: unknown;
  reading: boolean;
  useUserBuffer(memory: Uint8Array): void;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: HandleRequest | null, bytes: Uint8Array): unknown;
  writev(request: HandleRequest | null, chunks: readonly Uint8Array[], areBuffers: true): unknown;
  shutdown(request: HandleRequest): number;
  close(done: () => void): void;
  setNoDelay(on: boolean): number;
  getpeername(into: HandleAddress): number;
  getsockname(into: HandleAddress): number;
}

const methods = [
  ["useUserBuffer", "readStart", "readStop", "writeBuffer", "writev", "shutdown", "close"],
  ["setNoDelay", "getpeername", "getsockname"],
].flat();

type RequestClass = new () => HandleRequest;

export interface HandleInternals {
  /** Where a handle keeps its owner. */
  readonly owner: symbol;
  /** What a handle calls at each read, which calls the owner. */
  readonly onread: unknown;
  /** On the owner: memory that is read into, what is called with the length of what was read, what follows the memory. */
  readonly memory: symbol;
  readonly onRead: symbol;
  readonly nextMemory: symbol;
  /** On the owner: called at each read. */
  readonly touch: symbol;
  /** The class of requests for writing, where a write wants one. */
  readonly WriteRequest: RequestClass | undefined;
  readonly ShutdownRequest: RequestClass;
}

/** SHA-1 of the function that calls an owner, without comments and white space, as it has been since Node.js 20. */
const knownReaders = new Set(["3c3cbbcfd968ce5aba04166607a614ce0fc83160"]);

let internals: HandleInternals | undefined;
let looked = false;

/** The inside of handles, or `undefined` where it is not as expected. */
export function handleInternals(): HandleInternals | undefined {
  if (looked) return internals;
  looked = true;
  try {
    internals = lookInside();
  } catch {
    // Whatever it was, it was not expected.
  }
  return internals;
}

/** The class of the last handle that had all methods. */
let knownPrototype: unknown;

/** Whether `handle` can be owned by something else than a socket. */
export function isStreamHandle(handle: object): handle is StreamHandle {
  const prototype: unknown = Object.getPrototypeOf(handle);
  if (prototype === knownPrototype) return true;
  if (!methods.every((name) => typeof Reflect.get(handle, name) === "function")) return false;
  knownPrototype = prototype;
  return true;
}

function lookInside(): HandleInternals | undefined {
  const found = socketKeys();
  if (found === undefined) return undefined;
  const handle = new LookOnHandle();
  const socket = new Socket({ handle, manualStart: true } as object);
  socket.on("error", () => undefined);
  const owner = keyOf(handle, socket);
  const nextMemory = symbolCalled("kBufferGen", socket);
  const touch = symbolCalled("kUpdateTimer", Socket.prototype);
  const { onread } = handle;
  if (owner === undefined || nextMemory === undefined || touch === undefined) return undefined;
  if (typeof onread !== "function" || !knownReaders.has(fingerprint(onread))) return undefined;
  writeAtOnce(socket, [Buffer.alloc(1)], () => undefined);
  socket._final(() => undefined);
  const { writeRequest, shutdownRequest } = handle;
  socket.destroy();
  const WriteRequest = writeRequest === null ? undefined : classOf(writeRequest);
  const ShutdownRequest = classOf(shutdownRequest);
  if (ShutdownRequest === undefined) return undefined;
  if (writeRequest !== null && WriteRequest === undefined) return undefined;
  return { ...found, owner, onread, nextMemory, touch, WriteRequest, ShutdownRequest };
}

function symbolCalled(name: string, owner: object): symbol | undefined {
  return Object.getOwnPropertySymbols(owner).find((key) => key.description === name);
}

function fingerprint(reader: object): string {
  const text = Function.prototype.toString.call(reader);
  return hash("sha1", text.replaceAll(/\/\/.*|\s/gu, ""), "hex");
}

/** The class of a request that Node.js has made, when requests of it are as expected. */
function classOf(request: unknown): RequestClass | undefined {
  if (typeof request !== "object" || request === null) return undefined;
  const { constructor } = request;
  return isRequestClass(constructor) ? constructor : undefined;
}

function isRequestClass(made: unknown): made is RequestClass {
  if (typeof made !== "function") return false;
  const request: unknown = Reflect.construct(made, []);
  if (typeof request !== "object" || request === null || !("getAsyncId" in request)) return false;
  const { getAsyncId } = request;
  return typeof getAsyncId === "function" && Reflect.apply(getAsyncId, request, []) === -1;
}
