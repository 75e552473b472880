/**
 * The small interface between a connection and whatever carries its bytes.
 *
 * A connection knows only this: a stream's events, a socket's handle or an HTTP/2 stream are behind it. An
 * implementation decides how bytes are read and written, and nothing about what they mean.
 */

import type { Duplex } from "node:stream";

/** What a transport tells, one at a time. Only `written` may come before `start`. */
export interface TransportEvents {
  /** Bytes arrived. They are the callee's during the call, to read and to overwrite, and not after it. */
  received(chunk: Uint8Array): void;
  /** Memory into which the next bytes are best read, if there is any; they are `received` as ever. May change with each of them. */
  readonly room?: Uint8Array | undefined;
  /** The peer sends no more (TCP: FIN). It may still read. */
  receivedEnd(): void;
  /** The batch in flight has been taken by the system; its memory is free again. May come during `write`. */
  written(byteLength: number): void;
  /** The transport is gone, with the error when there was one. Comes exactly once and last. */
  closed(error: Error | undefined): void;
}

export interface Transport {
  /** Begins to read. */
  start(): void;
  /** Whether a batch is in flight: nothing may be written until it is reported `written`. */
  readonly congested: boolean;
  /** What has arrived together comes by several `received`: what is to be said to it had better wait for the end of the turn. */
  readonly readsInPieces: boolean;
  /** Writes `chunks` in order, as one batch of `byteLength` bytes. Their memory is the transport's until `written`. */
  write(chunks: readonly Uint8Array[], byteLength: number): void;
  /** Stops reading, so that the peer is held back by its own transport. */
  pause(): void;
  resume(): void;
  /** Sends no more (TCP: FIN) once all that was written is out. */
  end(): void;
  /** Gives the transport up at once. */
  destroy(): void;
  readonly addresses: TransportAddresses;
  /**
   * The stream underneath, for somebody who wants to read or write it himself. From here on all bytes pass it, in order,
   * by documented means.
   */
  plainStream(): Duplex;
}

/** Both ends of a transport, as far as it knows them. */
export interface TransportAddresses {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  /** Whether the bytes travel inside TLS. */
  readonly encrypted: boolean;
}

/** Makes a transport that reports to `events`. */
export type TransportOpener = (events: TransportEvents) => Transport;
