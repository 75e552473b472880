/**
 * One open connection of the face: the engine's events told as `ws` tells them, and what `ws` is asked to send given to
 * the engine. The rules of the protocol are the engine's; here is only what `ws` makes of them.
 */
import { ConnectionFailed } from "@tautline/protocol";
import type { CloseStatus, FrameError, Opcode } from "@tautline/protocol";
import { Driver, openTransport } from "@tautline/node";
import type { DriverEvents, PreparedMessage } from "@tautline/node";
import type { Duplex, Writable } from "node:stream";
import type { BinaryType, ReadyState, SocketOptions } from "./constants.ts";
import { CLOSING, OPEN } from "./constants.ts";
import { EventLine } from "./event-line.ts";
import { frameError } from "./frame-errors.ts";
import { engineSettings, leniency, platformFor, reasonBytes } from "./link-settings.ts";
import type { ConnectionOptions } from "./link-settings.ts";
import { formed } from "./message-form.ts";
import { asBuffer, emptyBuffer } from "./payload.ts";
import { openDeflate } from "./per-message-deflate.ts";
import type { PerMessageDeflate } from "./per-message-deflate.ts";

/** Whose connection it is. */
export interface LinkOwner {
  readonly _autoPong: boolean;
  readonly _maxPendingAutoPongs: number;
  _pendingAutoPongs: number;
  readonly _autoPongComplete: () => void;
  _binaryType: BinaryType;
  _closeCode: number;
  _closeFrameReceived: boolean;
  _closeFrameSent: boolean;
  _closeMessage: Buffer;
  _errorEmitted: boolean;
  _readyState: ReadyState;
  emit(event: string, ...args: unknown[]): boolean;
  emitClose(): void;
}

export interface LinkParts {
  readonly socket: Duplex;
  readonly options: SocketOptions;
  readonly isServer: boolean;
  readonly deflate: PerMessageDeflate | undefined;
  readonly connection: ConnectionOptions;
}

/** Is told when what was sent has been written, or will not be. */
export type Sent = (error?: Error) => void;

/** From this size on a server's payload is not copied; it is written at once, while it is still as it was given. */
const referencedFromBytes = 16 * 1024;

export class Link implements DriverEvents {
  readonly isServer: boolean;
  readonly options: SocketOptions;
  readonly deflate: PerMessageDeflate | undefined;
  readonly #owner: LinkOwner;
  readonly #driver: Driver;
  readonly socket: Duplex;
  /** Where events wait for turns of their own. */
  readonly #line: EventLine | undefined;
  /** Is told what is received, and tells the owner: there where somebody has asked for it. */
  #receiver: Writable | undefined;
  /** Who has not been told yet. */
  readonly #unsent = new Set<Sent>();
  #gone = false;

  constructor(owner: LinkOwner, { socket, options, isServer, deflate, connection }: LinkParts) {
    const role = isServer ? "server" : "client";
    this.#owner = owner;
    this.isServer = isServer;
    this.options = options;
    this.socket = socket;
    this.deflate = deflate;
    this.#line = options.allowSynchronousEvents === false ? new EventLine() : undefined;
    this.#driver = new Driver({
      role,
      settings: engineSettings(role, options, connection),
      events: this,
      openTransport: (events) => openTransport(socket, events),
      transform: deflate === undefined ? undefined : openDeflate(deflate),
      leniency: leniency(options, connection.autoPong),
      platform: platformFor(options),
    });
  }

  get bufferedBytes(): number {
    return this.#driver.bufferedBytes;
  }

  get needsDrain(): boolean {
    return this.#driver.clogged;
  }

  start(): void {
    const socket: Duplex & Linked = this.socket;
    socket[linked] = this;
    if (socket.listenerCount("data") + socket.listenerCount("readable") > 0) this.stream();
    this.#driver.start(emptyBuffer);
    socket.on("newListener", onNewListener);
  }

  /**
   * The socket, for those who want to know of it, or to read or write it themselves. What has been sent is written to it
   * first, and from here on all bytes pass its streams.
   */
  stream(): Duplex {
    const { transport } = this.#driver;
    this.writeNow();
    const socket = transport.plainStream();
    // What is under way has passed the stream by, and so would the event that it is through.
    if (transport.congested && !socket.writableNeedDrain) {
      this.#driver.whenWritten(() => void socket.emit("drain"));
    }
    return socket;
  }

  writeNow(): void {
    this.#driver.writeNow();
  }

  sendText(text: string, compress: boolean): void {
    this.#driver.sendText(text, compress);
  }

  sendBytes(bytes: Uint8Array, form: { binary: boolean; compress: boolean }): void {
    if (form.binary) this.#driver.sendBinary(bytes, form.compress);
    else this.#driver.sendUtf8(bytes, form.compress);
    if (bytes.byteLength >= referencedFromBytes) this.writeNow();
  }

  sendPrepared(message: PreparedMessage, compress: boolean): void {
    this.#driver.sendPrepared(message, compress);
  }

  sendFragment(bytes: Uint8Array, form: { opcode: Opcode; fin: boolean }): void {
    this.#driver.sendFragment({ opcode: form.opcode, payload: bytes, fin: form.fin });
    if (bytes.byteLength >= referencedFromBytes) this.writeNow();
  }

  /** Sends what is frames already. */
  sendFrames(list: readonly (Uint8Array | string)[]): void {
    for (const part of list) {
      this.#driver.sendUncheckedFrames(typeof part === "string" ? Buffer.from(part) : part);
    }
    this.writeNow();
  }

  sendPing(payload: Uint8Array): void {
    this.#driver.ping(payload);
  }

  sendPong(payload: Uint8Array): void {
    this.#driver.pong(payload);
  }

  /** Calls `sent` later, never within this call. */
  whenSent(sent: Sent): void {
    if (this.#gone) {
      process.nextTick(sent, destroyedError());
      return;
    }
    // The same function may be given twice.
    const once: Sent = (error) => sent(error);
    this.#unsent.add(once);
    this.#driver.whenWritten(() => {
      this.#unsent.delete(once);
      process.nextTick(once);
    });
    // Who waits for one message before the next does not wait for the end of the turn each time.
    if (this.#unsent.size === 1) process.nextTick(writeNow, this);
  }

  close(code: number | undefined, reason: string | undefined): void {
    this.#owner._closeFrameSent = true;
    this.#driver.close(code, reason);
  }

  terminate(): void {
    this.writeNow();
    this.#driver.abort(new ConnectionFailed("CONNECTION_TERMINATED"));
  }

  /** Sends no more, and lets the peer finish. */
  end(): void {
    this.writeNow();
    this.socket.end();
  }

  pause(): void {
    this.#driver.pauseReading();
  }

  resume(): void {
    this.#driver.resumeReading();
  }

  /** Has what is received told to `receiver`, whose listeners tell the owner. */
  tellFirst(receiver: Writable): void {
    this.#receiver = receiver;
  }

  /** Bytes that somebody else has read. */
  feed(chunk: Uint8Array): void {
    this.#driver.received(chunk);
  }

  text(): void {
    // Texts come as bytes.
  }

  utf8(message: Uint8Array): void {
    const data = asBuffer(message);
    if (this.#line === undefined) this.#emit("message", data, false);
    else this.#line.add(() => this.#listener.emit("message", data, false));
  }

  binary(message: Uint8Array): void {
    const data = asBuffer(message);
    if (this.#line === undefined)
      this.#emit("message", formed(data, this.#owner._binaryType), true);
    else
      this.#line.add(() =>
        this.#listener.emit("message", formed(data, this.#owner._binaryType), true),
      );
  }

  ping(payload: Uint8Array): void {
    this.#countPong();
    this.#control("ping", asBuffer(payload));
  }

  pong(payload: Uint8Array): void {
    this.#control("pong", asBuffer(payload));
  }

  closeReceived({ code, reason }: CloseStatus): void {
    this.#afterEvents(() => {
      const owner = this.#owner;
      owner._closeFrameReceived = true;
      owner._closeFrameSent = true;
      owner._closeCode = code;
      owner._closeMessage = reasonBytes(reason, this.options);
      this.#leaveOpen();
      this.#receiver?.emit("conclude", code, owner._closeMessage);
      this.#receiver?.end();
    });
  }

  failed(error: FrameError): void {
    this.#afterEvents(() => {
      this.#owner._closeFrameSent = true;
      this.#leaveOpen();
      const translated = frameError(error);
      if (this.#receiver === undefined) process.nextTick(() => this.emitError(translated));
      else this.#receiver.destroy(translated);
    });
  }

  closed(): void {
    this.#afterEvents(() => this.#leaveOpen());
  }

  drained(): void {
    this.#emit("drain");
  }

  gone(): void {
    this.#gone = true;
    this.#receiver?.end();
    const unsent = [...this.#unsent];
    this.#unsent.clear();
    for (const sent of unsent) process.nextTick(sent, destroyedError());
    const close = (): void => this.#owner.emitClose();
    // Behind those.
    if (unsent.length > 0) process.nextTick(() => this.#afterEvents(close));
    else this.#afterEvents(close);
  }

  /** Emits `error`, unless one has been emitted. */
  emitError(error: Error): void {
    if (this.#owner._errorEmitted) return;
    this.#owner._errorEmitted = true;
    this.#owner.emit("error", error);
  }

  #control(event: "ping" | "pong", payload: Buffer): void {
    if (this.#line === undefined) this.#emit(event, payload);
    else this.#line.add(() => this.#listener.emit(event, payload));
  }

  /** The engine answers pings. A peer that asks for more answers than may be under way is given up. */
  #countPong(): void {
    const owner = this.#owner;
    if (!owner._autoPong || owner._readyState !== OPEN) return;
    const most = owner._maxPendingAutoPongs;
    if (most > 0 && owner._pendingAutoPongs >= most) {
      this.#leaveOpen();
      this.terminate();
      return;
    }
    owner._pendingAutoPongs += 1;
    this.#driver.whenWritten(owner._autoPongComplete);
  }

  get #listener(): Pick<LinkOwner, "emit"> {
    return this.#receiver ?? this.#owner;
  }

  /** What a listener throws must not come between the engine and its work: it becomes an uncaught exception. */
  #emit(event: string, data?: unknown, isBinary?: boolean): void {
    try {
      const listener = this.#listener;
      if (isBinary === undefined) listener.emit(event, data);
      else listener.emit(event, data, isBinary);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }

  #afterEvents(action: () => void): void {
    if (this.#line?.waiting) this.#line.add(action);
    else action();
  }

  #leaveOpen(): void {
    if (this.#owner._readyState === OPEN) this.#owner._readyState = CLOSING;
  }
}

function writeNow(link: Link): void {
  link.writeNow();
}

/** Where a socket has the connection that reads it: the listener below is the same function for all. */
const linked = Symbol("link");

interface Linked {
  [linked]?: Link;
}

/** Who listens to a socket's bytes gets them. */
function onNewListener(this: Duplex & Linked, event: string): void {
  if (event === "data" || event === "readable") this[linked]?.stream();
}

function destroyedError(): Error {
  const error = new Error("Cannot call write after a stream was destroyed");
  return Object.assign(error, { code: "ERR_STREAM_DESTROYED" });
}
