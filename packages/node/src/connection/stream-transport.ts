/**
 * A transport over any Duplex stream, by documented means only: TCP and TLS sockets, and what a test or a proxy puts
 * in their place. It is what every other transport falls back to.
 */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Transport, TransportAddresses, TransportEvents } from "./transport.ts";

/** The transport of a stream: its listeners are the same functions for all, because a connection costs memory enough. */
const carried = Symbol("transport");

interface Carrier {
  [carried]?: StreamTransport;
}

export class StreamTransport implements Transport {
  readonly #stream: Duplex;
  readonly #events: TransportEvents;
  #error: Error | undefined;
  /** Others may read and write the stream too. */
  #plain = false;
  /** Bytes of the batch in flight; 0 when there is none. */
  #flying = 0;
  #batchesWritten = 0;
  #batchesCalledBack = 0;

  constructor(stream: Duplex & Carrier, events: TransportEvents) {
    this.#stream = stream;
    this.#events = events;
    stream[carried] = this;
    stream.on("error", onError);
    if (isSocket(stream)) {
      // Idleness is the heartbeat's business; an http server may have set a timeout of its own.
      stream.setTimeout(0);
      // Frames of a turn leave as one write already, so there is nothing for Nagle's algorithm to gather.
      stream.setNoDelay(true);
    }
  }

  get addresses(): TransportAddresses {
    return addressesOf(this.#stream);
  }

  get congested(): boolean {
    return this.#flying > 0;
  }

  get readsInPieces(): boolean {
    return true;
  }

  start(): void {
    const stream = this.#stream;
    if (stream.closed) {
      this.#events.closed(this.#error ?? stream.errored ?? undefined);
      return;
    }
    stream.on("data", onData);
    stream.on("end", onEnd);
    stream.on("close", onClose);
    if (stream.readableEnded) this.#events.receivedEnd();
    stream.resume();
  }

  write(chunks: readonly Uint8Array[], byteLength: number): void {
    const stream = this.#stream;
    this.beginBatch(byteLength);
    this.#batchesWritten += 1;
    if (chunks.length > 1) stream.cork();
    for (let index = 0; index < chunks.length - 1; index += 1) stream.write(chunks[index]);
    stream.write(chunks[chunks.length - 1], (error?: Error | null) => this.#onWritten(error));
    if (chunks.length > 1) stream.uncork();
    // A socket usually takes the bytes during the call. The callback says so only later, and memory would wait for it.
    if (stream.writableLength === 0 && !stream.destroyed) this.endBatch();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  end(): void {
    this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  plainStream(): Duplex {
    this.#plain = true;
    return this.#stream;
  }

  received(chunk: Uint8Array): void {
    // What is received may be overwritten, and somebody else may listen for the same chunk.
    this.#events.received(this.#plain ? Uint8Array.from(chunk) : chunk);
  }

  receivedEnd(): void {
    this.#events.receivedEnd();
  }

  failed(error: Error): void {
    this.#error ??= error;
    // A stream that does not destroy itself would never report its close.
    this.#stream.destroy();
  }

  closed(): void {
    this.#events.closed(this.#error);
  }

  protected get plain(): boolean {
    return this.#plain;
  }

  protected beginBatch(byteLength: number): void {
    this.#flying = byteLength;
  }

  /** The system has taken the batch in flight, if there is one. */
  protected endBatch(): void {
    const byteLength = this.#flying;
    if (byteLength === 0) return;
    this.#flying = 0;
    this.#events.written(byteLength);
  }

  #onWritten(error: Error | null | undefined): void {
    this.#batchesCalledBack += 1;
    // After an error the memory may still be in the system's hands; `closed` follows and ends the connection.
    if (error) return;
    if (this.#batchesCalledBack === this.#batchesWritten) this.endBatch();
  }
}

/** The transport that was opened over `stream` last. */
function transportOf(stream: Duplex & Carrier): StreamTransport | undefined {
  return stream[carried];
}

function onData(this: Duplex, chunk: Uint8Array): void {
  transportOf(this)?.received(chunk);
}

function onEnd(this: Duplex): void {
  transportOf(this)?.receivedEnd();
}

function onError(this: Duplex, error: Error): void {
  transportOf(this)?.failed(error);
}

function onClose(this: Duplex): void {
  transportOf(this)?.closed();
}

/** Reads where a stream's two ends are. */
function addressesOf(stream: Duplex): TransportAddresses {
  const socket: Partial<Socket> = isSocket(stream) ? stream : {};
  return {
    remoteAddress: socket.remoteAddress,
    remotePort: socket.remotePort,
    localAddress: socket.localAddress,
    localPort: socket.localPort,
    encrypted: "encrypted" in stream && stream.encrypted === true,
  };
}

function isSocket(stream: Duplex): stream is Socket {
  return "setNoDelay" in stream;
}
