/**
 * The class `WebSocket` of `ws`: its methods, properties and attributes, over a connection (link.ts) that the server
 * hands it or that the client's handshake (opening.ts) brings.
 */
import type { ClientOptionsFor, GivenClientOptions } from "./client-options.ts";
import type { BinaryType, ReadyState, SharedOptions } from "./constants.ts";
import { binaryTypes, CLOSED, CLOSING, CONNECTING, OPEN, readyStates } from "./constants.ts";
import { addHandler, attributeOf, removeHandler, setAttribute } from "./event-target.ts";
import { Internals } from "./internals.ts";
import { abortHandshake, Opening } from "./opening.ts";
import { emptyBuffer, isBlob, toBuffer } from "./payload.ts";
import type { BufferLike } from "./payload.ts";
import type { SendCallback } from "./sender.ts";
import type { WebSocketEventMap } from "./web-socket-events.ts";
import type { SendOptions } from "./whole-form.ts";
import { usualForm, wholeForm } from "./whole-form.ts";

export type ClientOptions = ClientOptionsFor<WebSocket>;

type Callback = (error?: Error) => void;

const closedBefore = "WebSocket was closed before the connection was established";
const stillConnecting = "WebSocket is not open: readyState 0 (CONNECTING)";

export class WebSocket extends Internals {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;
  declare onopen: ((event: WebSocketEventMap<WebSocket>["open"]) => void) | null;
  declare onerror: ((event: WebSocketEventMap<WebSocket>["error"]) => void) | null;
  declare onclose: ((event: WebSocketEventMap<WebSocket>["close"]) => void) | null;
  declare onmessage: ((event: WebSocketEventMap<WebSocket>["message"]) => void) | null;

  constructor(address: null, protocols?: undefined, options?: SharedOptions);
  constructor(address: string | URL, options?: GivenClientOptions<WebSocket>);
  constructor(
    address: string | URL,
    protocols?: string | string[],
    options?: GivenClientOptions<WebSocket>,
  );
  constructor(address: string | URL | null, protocols?: unknown, options?: object) {
    super();
    if (address === null) {
      this._isServer = true;
      this.#configure(options ?? {});
      return;
    }
    const isOptions =
      typeof protocols === "object" && protocols !== null && !Array.isArray(protocols);
    const given = isOptions ? protocols : options;
    const names = isOptions || protocols === undefined ? listed(given) : protocols;
    const list = names === undefined ? [] : [names].flat();
    const resolved = new Opening(this, list as string[], given).begin(address);
    if (resolved !== undefined) this.#configure(resolved);
  }

  #configure({ autoPong, closeTimeout, maxPendingAutoPongs }: SharedOptions): void {
    this._autoPong = Boolean(autoPong);
    this._closeTimeout = closeTimeout;
    this._maxPendingAutoPongs = autoPong ? (maxPendingAutoPongs ?? 0) | 0 : 0;
  }

  /** In which form binary messages come. Other values than the four are ignored. */
  get binaryType(): BinaryType {
    return this._binaryType;
  }

  set binaryType(type: BinaryType) {
    if (binaryTypes.includes(type)) this._binaryType = type;
  }

  /** Bytes that the system has not taken. */
  get bufferedAmount(): number {
    const { link } = this;
    if (link === undefined) return this._bufferedAmount;
    link.writeNow();
    return link.bufferedBytes + (this._sender?._bufferedBytes ?? 0);
  }

  get extensions(): string {
    return Object.keys(this._extensions).join();
  }

  get isPaused(): boolean {
    return this._paused;
  }

  /** Extra: the peer does not keep up with what is sent. `drain` is emitted when it does again. */
  get needsDrain(): boolean {
    return this.link?.needsDrain ?? false;
  }

  get protocol(): string {
    return this._protocol;
  }

  get readyState(): ReadyState {
    return this._readyState;
  }

  get url(): string {
    return this._url as string;
  }

  addEventListener<K extends keyof WebSocketEventMap<WebSocket>>(
    type: K,
    listener:
      | ((event: WebSocketEventMap<WebSocket>[K]) => void)
      | { handleEvent(event: WebSocketEventMap<WebSocket>[K]): void },
    options: { once?: boolean | undefined } = {},
  ): void {
    addHandler(this, type, { handler: listener, once: options.once });
  }

  removeEventListener<K extends keyof WebSocketEventMap<WebSocket>>(
    type: K,
    listener:
      | ((event: WebSocketEventMap<WebSocket>[K]) => void)
      | { handleEvent(event: WebSocketEventMap<WebSocket>[K]): void },
  ): void {
    removeHandler(this, type, listener);
  }

  /**
   * Sends a message: text for a string, bytes for all else.
   *
   * @param cb called when the message is written, or with an error when it will not be
   * @throws Error while the connection is not open yet
   * @throws TypeError for what has no bytes
   */
  send(data: BufferLike, cb?: Callback): void;
  send(data: BufferLike, options: SendOptions, cb?: Callback): void;
  send(data: unknown, options?: unknown, cb?: unknown): void {
    if (this.readyState === CONNECTING) throw new Error(stillConnecting);
    const callback = (typeof options === "function" ? options : cb) as SendCallback | undefined;
    const payload = typeof data === "number" ? data.toString() : data;
    const sender = this._sender;
    if (this.readyState !== OPEN || sender === null) {
      this.#sendAfterClose(payload, callback);
      return;
    }
    const given = typeof options === "function" ? undefined : (options as SendOptions | null);
    const binary = typeof payload !== "string";
    const mask = !this._isServer;
    const form = given ? wholeForm(given, binary, mask) : usualForm(binary);
    if (form !== undefined) {
      sender.sendWhole(payload || emptyBuffer, form, callback);
    } else {
      const whole = { binary, mask, compress: true, fin: true };
      sender.send(payload || emptyBuffer, { ...whole, ...given }, callback);
    }
  }

  /** @throws Error while the connection is not open yet; RangeError for more than 125 bytes */
  ping(data?: unknown, mask?: unknown, cb?: unknown): void {
    this.#control("ping", data, [mask, cb]);
  }

  /** @throws as {@link ping} */
  pong(data?: unknown, mask?: unknown, cb?: unknown): void {
    this.#control("pong", data, [mask, cb]);
  }

  /**
   * Starts the closing handshake, or gives up connecting.
   *
   * @throws TypeError for a code that must not be sent; RangeError for a reason of more than 123 bytes
   */
  close(code?: number, data?: string | Buffer): void {
    if (this.readyState === CLOSED || this.readyState === CLOSING) return;
    if (this.readyState === CONNECTING) {
      abortHandshake(this, this._req, closedBefore);
      return;
    }
    this._sender?.close(code, data, !this._isServer);
    this._readyState = CLOSING;
  }

  /** Gives the connection up at once. */
  terminate(): void {
    if (this.readyState === CLOSED) return;
    if (this.readyState === CONNECTING) {
      abortHandshake(this, this._req, closedBefore);
      return;
    }
    this._readyState = CLOSING;
    this.link?.terminate();
  }

  /** Stops reading. What has been read is still told. */
  pause(): void {
    if (this.readyState === CONNECTING || this.readyState === CLOSED) return;
    this._paused = true;
    this.link?.pause();
  }

  resume(): void {
    if (this.readyState === CONNECTING || this.readyState === CLOSED) return;
    this._paused = false;
    this.link?.resume();
  }

  #control(kind: "ping" | "pong", data: unknown, rest: readonly [unknown, unknown]): void {
    if (this.readyState === CONNECTING) throw new Error(stillConnecting);
    let [mask, cb] = rest;
    let payload = data;
    if (typeof data === "function") [payload, mask, cb] = [undefined, undefined, data];
    else if (typeof mask === "function") [mask, cb] = [undefined, mask];
    if (typeof payload === "number") payload = payload.toString();
    const sender = this._sender;
    if (this.readyState !== OPEN || sender === null) {
      this.#sendAfterClose(payload, cb as SendCallback);
      return;
    }
    const masked = mask === undefined ? !this._isServer : Boolean(mask);
    sender[kind](payload || emptyBuffer, masked, cb as SendCallback);
  }

  /** Nothing is sent any more; it is counted, as the standard wants it. */
  #sendAfterClose(data: unknown, cb: SendCallback | undefined): void {
    if (data) {
      const length = isBlob(data) ? data.size : toBuffer(data).length;
      const sender = this._sender;
      if (sender === null) this._bufferedAmount += length;
      else sender._bufferedBytes += length;
    }
    if (!cb) return;
    const { readyState } = this;
    const error = new Error(
      `WebSocket is not open: readyState ${readyState} (${readyStates[readyState]})`,
    );
    process.nextTick(cb, error);
  }
}

/** The subprotocols where they are given with the options. */
function listed(options: { readonly protocols?: unknown } | undefined): unknown {
  return options?.protocols;
}

for (const target of [WebSocket, WebSocket.prototype]) {
  for (const [value, name] of readyStates.entries()) {
    Object.defineProperty(target, name, { enumerable: true, value });
  }
}

for (const name of [
  "binaryType",
  "bufferedAmount",
  "extensions",
  "isPaused",
  "protocol",
  "readyState",
  "url",
]) {
  Object.defineProperty(WebSocket.prototype, name, { enumerable: true });
}

for (const type of ["open", "error", "close", "message"]) {
  Object.defineProperty(WebSocket.prototype, `on${type}`, {
    enumerable: true,
    get(this: WebSocket) {
      return attributeOf(this, type);
    },
    set(this: WebSocket, handler: unknown) {
      setAttribute(this, type, handler);
    },
  });
}
