/**
 * A TCP socket without streams: the handle that a server has accepted, and a transport over it. All of them read into one piece of
 * memory, and batches are written at once.
 *
 * A `net.Socket` costs several times what a connection needs, in memory and in time, and is made only when somebody asks for it:
 * from then on the socket is in charge, and this passes on what it is told.
 */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { getSystemErrorName } from "node:util";
import { handleInternals, isStreamHandle } from "./handle-internals.ts";
import type {
  HandleAddress,
  HandleInternals,
  RequestOwner,
  StreamHandle,
} from "./handle-internals.ts";
import { openTransport } from "./handle-transport.ts";
import { shutDownHandle, writeToHandle } from "./handle-write.ts";
import { forgetJoined, joinedOutput } from "./joined-output.ts";
import { readMemoryOf, readWhole } from "./shared-reading.ts";
import type { Transport, TransportAddresses, TransportEvents } from "./transport.ts";

/** Knows all sockets of a port. */
export interface BareSocketKeeper {
  /** `socket` has come to its end, or is somebody else's now. */
  gone(socket: BareSocket): void;
}

export class BareSocket implements Transport, TransportEvents, RequestOwner {
  readonly #handle: StreamHandle;
  readonly #keeper: BareSocketKeeper;
  #events: TransportEvents;
  /** Bytes of the batch in flight; 0 when there is none. */
  #flying = 0;
  #paused = false;
  /** The peer sends no more. */
  #peerEnded = false;
  /** Nothing more is written: asked for, and done. */
  #ending = false;
  #ended = false;
  #closing = false;
  #addresses: TransportAddresses | undefined;
  /** What the handle reads into, unless it is what all sockets read into. It must be there as long as the handle has it. */
  #room: Uint8Array | undefined;
  /** Once somebody has asked for it: the socket, and what is in charge since. */
  #socket: Socket | undefined;
  #inner: Transport | undefined;

  private constructor(handle: StreamHandle, keeper: BareSocketKeeper, events: TransportEvents) {
    this.#handle = handle;
    this.#keeper = keeper;
    this.#events = events;
  }

  /** Owns `handle` from now on and reads, or answers with `undefined`: then nothing has been done to it. */
  static take(
    handle: object,
    keeper: BareSocketKeeper,
    eventsOf: (socket: BareSocket) => TransportEvents,
  ): BareSocket | undefined {
    const internals = preparedInternals();
    if (internals === undefined || !isStreamHandle(handle)) return undefined;
    const socket = new BareSocket(handle, keeper, nobody);
    socket.#events = eventsOf(socket);
    handle[internals.owner] = socket;
    handle.onread = internals.onread;
    handle.useUserBuffer(readWhole());
    // Frames of a turn leave as one write already, so there is nothing for Nagle's algorithm to gather.
    handle.setNoDelay(true);
    const error = handle.readStart();
    if (error !== 0) socket.destroy(systemError("read", error));
    return socket;
  }

  /** Tells `events` from now on. */
  tell(events: TransportEvents): void {
    this.#events = events;
  }

  /** Lets go of the handle, which reads no more and is nobody's. */
  release(): StreamHandle {
    this.#closing = true;
    this.#handle.readStop();
    this.#keeper.gone(this);
    return this.#handle;
  }

  /** Whether it is over, or about to be. */
  get destroyed(): boolean {
    return this.#closing;
  }

  get congested(): boolean {
    return this.#flying > 0 || this.#inner?.congested === true;
  }

  get readsInPieces(): boolean {
    return false;
  }

  get addresses(): TransportAddresses {
    this.#addresses ??= addressesOf(this.#handle);
    return this.#addresses;
  }

  /** It reads from the beginning. */
  start(): void {
    this.resume();
  }

  write(chunks: readonly Uint8Array[], byteLength: number): void {
    if (this.#inner !== undefined) {
      this.#inner.write(chunks, byteLength);
      return;
    }
    const internals = preparedInternals();
    this.#flying = byteLength;
    // It stays in flight: `closed` is all that follows.
    if (this.#closing || internals === undefined) return;
    const joined = joinedOutput(chunks, byteLength);
    const pieces = joined === undefined ? chunks : [joined];
    const outcome = writeToHandle(this.#handle, pieces, { owner: this, internals });
    if (outcome !== "pending") this.wrote(outcome);
    // What is joined next must not be written over it.
    else if (joined !== undefined) forgetJoined();
  }

  pause(): void {
    this.#paused = true;
    if (this.#inner !== undefined) this.#inner.pause();
    else if (!this.#closing) this.#handle.readStop();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#inner !== undefined) this.#inner.resume();
    else if (!this.#closing && !this.#peerEnded) this.#handle.readStart();
  }

  end(): void {
    if (this.#inner !== undefined) {
      this.#inner.end();
      return;
    }
    const internals = preparedInternals();
    if (this.#ending || this.#closing || internals === undefined) return;
    this.#ending = true;
    shutDownHandle(this.#handle, { owner: this, internals });
  }

  /** `error` is told when it is closed. */
  destroy(error?: Error): void {
    if (this.#inner !== undefined) this.#inner.destroy();
    else if (!this.#closing) {
      this.#closing = true;
      this.#handle.close(() => this.closed(error));
    }
  }

  plainStream(): Duplex {
    return this.socket();
  }

  /** The socket, as it is documented: from here on all bytes pass its streams. */
  socket(): Socket {
    this.#socket ??= this.#closing ? new Socket().destroy() : this.#openSocket();
    return this.#socket;
  }

  #openSocket(): Socket {
    this.#handle.readStop();
    const options = { handle: this.#handle, allowHalfOpen: true, manualStart: true };
    const socket = new Socket(options);
    const inner = openTransport(socket, this);
    inner.plainStream();
    inner.start();
    if (this.#paused) inner.pause();
    if (this.#ending) inner.end();
    this.#inner = inner;
    return socket;
  }

  received(chunk: Uint8Array): void {
    this.#events.received(chunk);
  }

  /** @internal the handle has read so many bytes */
  took(byteLength: number): void {
    const room = this.#room;
    if (room === undefined) {
      this.received(readMemoryOf(byteLength));
    } else {
      try {
        this.received(room.subarray(0, byteLength));
      } catch (error) {
        // The memory may be somebody's by now, and must not be read into again.
        this.destroy();
        throw error;
      }
    }
    const next = this.#inner === undefined ? this.#events.room : undefined;
    if (next === undefined && room === undefined) return;
    this.#room = next;
    nextMemory = next ?? readWhole();
  }

  receivedEnd(): void {
    this.#peerEnded = true;
    this.#events.receivedEnd();
    if (this.#ended) this.destroy();
  }

  written(byteLength: number): void {
    this.#events.written(byteLength);
  }

  closed(error: Error | undefined): void {
    this.#closing = true;
    this.#keeper.gone(this);
    this.#events.closed(error);
  }

  wrote(status: number): void {
    if (this.#closing) return;
    if (status < 0) {
      this.destroy(systemError("write", status));
      return;
    }
    const byteLength = this.#flying;
    this.#flying = 0;
    this.#events.written(byteLength);
  }

  shutDown(): void {
    this.#ended = true;
    if (this.#peerEnded) this.destroy();
  }

  // What Node.js' own reading calls on the owner of a handle, as on a stream: bytes come by `onRead`, an error by `destroy`,
  // and the end as a push of `null`.

  /** @internal */
  push(): boolean {
    this.receivedEnd();
    return false;
  }

  /** @internal */
  read(): null {
    return null;
  }

  /** @internal */
  get _readableState(): { readonly endEmitted: boolean } {
    return notEnded;
  }
}

const notEnded = Object.freeze({ endEmitted: false });

/** Until there is somebody. */
const nobody: TransportEvents = {
  received: () => undefined,
  receivedEnd: () => undefined,
  written: () => undefined,
  closed: () => undefined,
};

/** What the handle that is being read is to read into from now on, if that changes. */
let nextMemory: Uint8Array | undefined;

/** Node.js would keep with the owner what its handle reads into; sockets know that themselves. */
function forget(): void {
  // Nothing to remember.
}

function takeNextMemory(): Uint8Array | undefined {
  const memory = nextMemory;
  nextMemory = undefined;
  return memory;
}

let prepared: HandleInternals | undefined;

/** The inside of handles; with the first call, bare sockets get what it calls on them. */
function preparedInternals(): HandleInternals | undefined {
  if (prepared !== undefined) return prepared;
  const internals = handleInternals();
  if (internals === undefined) return undefined;
  prepared = internals;
  Object.defineProperties(BareSocket.prototype, {
    [internals.memory]: { get: readWhole, set: forget },
    [internals.nextMemory]: { get: () => (nextMemory === undefined ? null : takeNextMemory) },
    [internals.touch]: { value: () => undefined },
    [internals.onRead]: {
      value(this: BareSocket, byteLength: number): boolean {
        this.took(byteLength);
        return true;
      },
    },
  });
  return internals;
}

function systemError(syscall: string, status: number): Error {
  const code = status < 0 ? getSystemErrorName(status) : "UNKNOWN";
  return Object.assign(new Error(`${syscall} ${code}`), { errno: status, code, syscall });
}

function addressesOf(handle: StreamHandle): TransportAddresses {
  const remote: HandleAddress = {};
  const local: HandleAddress = {};
  handle.getpeername(remote);
  handle.getsockname(local);
  return {
    remoteAddress: remote.address,
    remotePort: remote.port,
    localAddress: local.address,
    localPort: local.port,
    encrypted: false,
  };
}
