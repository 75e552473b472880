/**
 * What programs reach for in `ws` though no document names it, in one place, with who needs it.
 *
 * - `_socket`: engine.io-client (`unref`), applications on Express and Fastify (addresses, `setKeepAlive`), proxies (`pause`,
 *   `on("drain")`, `_writableState`), test suites (`destroy()`).
 * - `_sender`: engine.io (`_sender.sendFrame(list, callback)` with frames that it has made once for many), back-pressure by
 *   hand (`_sender._bufferedBytes`).
 * - `_receiver`: those who feed or watch frames themselves, and test suites (`_receiver._maxPayload`).
 * - `_isServer`, `setSocket(socket, head, options)`, `new WebSocket(null, undefined, options)`: @fastify/websocket's
 *   `injectWS`, which makes a client of one that it has made; servers that do the handshake themselves, such as Miniflare;
 *   transports over streams that are no sockets.
 * - `_extensions`, `_protocol`, `_readyState`: instrumentation and mocks; `completeUpgrade`, which subclasses of the server
 *   override, writes the first two.
 * - `_req`: those who add to a client's request before it is answered.
 * - `_autoPong`, `_pendingAutoPongs`, `_maxPendingAutoPongs`, `_autoPongComplete`, `_bufferedAmount`, `_binaryType`,
 *   `_closeCode`, `_closeMessage`, `_closeFrameReceived`, `_closeFrameSent`, `_closeTimeout`, `_closeTimer`, `_errorEmitted`,
 *   `_paused`, `_redirects`, `_url`: debuggers and mocks.
 * - `emitClose()`: mocks, and those who give a connection up that never had a socket.
 *
 * What engine.io, engine.io-client and @fastify/websocket do is run in tests/compat on both; the rest is asked of both in
 * its scenarios `ws-internals` and `ws-options`.
 */
import { EventEmitter } from "node:events";
import type { ClientRequest } from "node:http";
import type { Duplex } from "node:stream";
import type { BinaryType, ReadyState, SocketOptions } from "./constants.ts";
import { binaryTypes, CLOSED, CLOSING, connectionDefaults, CONNECTING, OPEN } from "./constants.ts";
import { Link } from "./link.ts";
import { LinkReceiver } from "./link-receiver.ts";
import { LinkSender } from "./link-sender.ts";
import { emptyBuffer } from "./payload.ts";
import { extensionName } from "./per-message-deflate.ts";
import type { PerMessageDeflate } from "./per-message-deflate.ts";
import type { Receiver } from "./receiver.ts";
import type { WebSocketEmitter } from "./web-socket-events.ts";

/** The emitter, with the listeners that the compiler is to know. */
const Emitter = EventEmitter as unknown as new () => WebSocketEmitter;

export abstract class Internals extends Emitter {
  _binaryType: BinaryType = binaryTypes[0];
  _bufferedAmount = 0;
  _closeCode = 1006;
  _closeFrameReceived = false;
  _closeFrameSent = false;
  _closeMessage: Buffer = emptyBuffer;
  /** The engine keeps the time. */
  _closeTimer: null = null;
  _errorEmitted = false;
  _extensions: Record<string, PerMessageDeflate | undefined> = {};
  _isServer = false;
  _paused = false;
  _protocol = "";
  _readyState: ReadyState = CONNECTING;
  _redirects = 0;
  _req: ClientRequest | null = null;
  _url: string | undefined = undefined;
  _autoPong = false;
  _closeTimeout: number | undefined = connectionDefaults.closeTimeout;
  _maxPendingAutoPongs = 0;
  _pendingAutoPongs = 0;
  /** The open connection, from `setSocket` on. */
  protected link: Link | undefined = undefined;
  #socket: Duplex | null = null;
  #sender: LinkSender | null = null;
  #receiver: Receiver | null = null;

  /** The socket, which a connection passes by until somebody asks for it ({@link Link.stream}). */
  get _socket(): Duplex | null {
    this.link?.stream();
    return this.#socket;
  }

  set _socket(socket: Duplex | null) {
    this.#socket = socket;
  }

  get _sender(): LinkSender | null {
    const { link } = this;
    if (link !== undefined) this.#sender ??= this.#openSender(link);
    return this.#sender;
  }

  set _sender(sender: LinkSender | null) {
    this.#sender = sender;
  }

  get _receiver(): Receiver | null {
    const { link } = this;
    if (link !== undefined) this.#receiver ??= new LinkReceiver(link, this);
    return this.#receiver;
  }

  set _receiver(receiver: Receiver | null) {
    this.#receiver = receiver;
  }

  /** Takes over a socket whose handshake is done, with the bytes that came behind it. */
  setSocket(socket: Duplex, head: Buffer, options: SocketOptions): void {
    this.#socket = socket;
    this.link = new Link(this, {
      socket,
      options,
      isServer: this._isServer,
      deflate: this._extensions[extensionName],
      connection: {
        autoPong: this._autoPong,
        closeTimeout: this._closeTimeout,
      },
    });
    if (head.length > 0) socket.unshift(head);
    this.link.start();
    this._readyState = OPEN;
    this.emit("open");
  }

  #openSender(link: Link): LinkSender {
    // What was to be sent cannot be read: the peer would wait for it for ever.
    const onerror = (error: Error): void => {
      if (this._readyState === CLOSED) return;
      if (this._readyState === OPEN) this._readyState = CLOSING;
      link.end();
      link.emitError(error);
    };
    return Object.assign(new LinkSender(link, link.socket, this._extensions), { onerror });
  }

  /** An answer to a ping has been written. */
  get _autoPongComplete(): () => void {
    return () => {
      this._pendingAutoPongs -= 1;
    };
  }

  /** Tells that the connection is closed. */
  emitClose(): void {
    this._extensions[extensionName]?.cleanup();
    this.#receiver?.removeAllListeners();
    this._readyState = CLOSED;
    this.emit("close", this._closeCode, this._closeMessage);
  }
}
