/**
 * Numbers and names of `ws` that several files need.
 */

export const readyStates = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"] as const;

export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSING = 2;
export const CLOSED = 3;

export type ReadyState = 0 | 1 | 2 | 3;

/** In which form binary messages are handed over. */
export const binaryTypes = ["nodebuffer", "arraybuffer", "fragments", "blob"] as const;

export type BinaryType = (typeof binaryTypes)[number];

/** What both sides have, with the defaults of `ws`. */
export const connectionDefaults = Object.freeze({
  allowSynchronousEvents: true,
  autoPong: true,
  closeTimeout: 30_000,
  maxBufferedChunks: 256 * 1024,
  maxFragments: 16 * 1024,
  maxPayload: 100 * 1024 * 1024,
  maxPendingAutoPongs: 60,
  skipUTF8Validation: false,
});

/** What a connection is given with its socket. */
export interface SocketOptions {
  /** Several events may be emitted in one turn of the event loop. Default true. */
  readonly allowSynchronousEvents?: boolean | undefined;
  /** Fills the masking key of each frame that a client sends. Default: random. */
  readonly generateMask?: ((mask: Buffer) => void) | undefined;
  /** Taken, and not needed: what has come of a message is gathered in one piece of memory. */
  readonly maxBufferedChunks?: number | undefined;
  /** Most frames that one message may come in; 0 is no limit. Default 16,384. */
  readonly maxFragments?: number | undefined;
  /** Longest message, in bytes; 0 is no limit. Default 100 MiB. */
  readonly maxPayload?: number | undefined;
  /** Texts and close reasons are not checked for being UTF-8. Default false. */
  readonly skipUTF8Validation?: boolean | undefined;
  /**
   * Extra: takes only what RFC 6455 allows: of frames, lengths in their shortest form and texts that are UTF-8 as far as
   * they have come; of requests, what the engine's own servers take. Default false: as lenient as `ws`.
   */
  readonly strict?: boolean | undefined;
  /** Extra: time between two pings, in milliseconds. Default: none are sent. */
  readonly pingIntervalMs?: number | undefined;
  /** Extra: how long after a ping the peer may be silent before it counts as gone. Default 20,000 ms. */
  readonly pongTimeoutMs?: number | undefined;
  /** Extra: from this many waiting bytes on, `needsDrain` is true. Default 1 MiB. */
  readonly highWaterMarkBytes?: number | undefined;
  /** Extra: more waiting bytes than this close the connection with 1013. Default: no limit. */
  readonly maxQueuedBytes?: number | undefined;
}

/** What a connection is made with. */
export interface SharedOptions extends SocketOptions {
  /** Pings are answered. Default true. */
  readonly autoPong?: boolean | undefined;
  /** How long the closing handshake may take, in milliseconds. Default 30,000. */
  readonly closeTimeout?: number | undefined;
  /** Most answers to pings that may wait for a peer that does not read; 0 is no limit. Default 60. */
  readonly maxPendingAutoPongs?: number | undefined;
}
