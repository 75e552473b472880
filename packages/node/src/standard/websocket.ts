/**
 * `WebSocket` as the WHATWG standard has it, for Node.js: the interface, member by member (WHATWG WebSockets §3).
 *
 * It converts and checks what scripts give and fires events. How it comes to a connection and what that does is the
 * link's business.
 */
import { Blob } from "node:buffer";
import type { Message } from "../connection/message-queue.ts";
import type { ConnectOptions } from "../options.ts";
import { checkCloseArguments } from "./close-arguments.ts";
import { CloseEvent } from "./close-event.ts";
import type { CloseEventInit } from "./close-event.ts";
import { EventHandler } from "./event-handler.ts";
import {
  clampedShort,
  isObject,
  sendableData,
  stringsOrDictionary,
  usvString,
} from "./idl-conversion.ts";
import { Link } from "./link.ts";
import type { ReadyState } from "./link.ts";
import { checkSubprotocols } from "./subprotocol-list.ts";
import { readSocketUrl } from "./websocket-url.ts";

/** How binary messages are given to scripts. */
export type BinaryType = "blob" | "arraybuffer";

/** Instead of the protocols: what browsers do not have. Everything that {@link connect} takes, and the protocols. */
export interface WebSocketOptions extends Omit<
  ConnectOptions,
  "subprotocols" | "receive" | "receiveText"
> {
  /** The subprotocols to ask for, most wanted first. Default: none. */
  readonly protocols?: string | readonly string[] | undefined;
}

/** The events of a socket by their types. */
export interface WebSocketEventMap {
  readonly open: Event;
  readonly message: MessageEvent & { readonly data: string | ArrayBuffer | Blob };
  readonly error: Event;
  readonly close: CloseEvent;
}

type Handler<Type extends keyof WebSocketEventMap> = (
  this: WebSocket,
  event: WebSocketEventMap[Type],
) => unknown;

interface ListenerOptions {
  readonly capture?: boolean;
  readonly once?: boolean;
  readonly passive?: boolean;
  readonly signal?: AbortSignal;
}

/** `EventTarget`, with the types of a socket's events. */
interface SocketTarget extends EventTarget {
  addEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: Handler<Type>,
    options?: boolean | ListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: ((event: Event) => unknown) | { handleEvent(event: Event): unknown } | null,
    options?: boolean | ListenerOptions,
  ): void;
}

const SocketTarget: new () => SocketTarget = EventTarget;

/**
 * The WebSocket of browsers.
 *
 * What it has beside the standard's members does not show when they are enumerated: {@link failure}, {@link ping} and
 * {@link terminate}, and options in the place of the protocols. A socket that is not closed is never collected as garbage
 * and keeps the process alive.
 */
export class WebSocket extends SocketTarget {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  readonly #url: URL;
  readonly #link: Link;
  readonly #onopen = new EventHandler<Handler<"open">>(this, "open");
  readonly #onerror = new EventHandler<Handler<"error">>(this, "error");
  readonly #onclose = new EventHandler<Handler<"close">>(this, "close");
  readonly #onmessage = new EventHandler<Handler<"message">>(this, "message");
  #binaryType: BinaryType = "blob";
  #protocol = "";
  #extensions = "";

  /**
   * Begins to connect.
   *
   * @param url `ws:`, `wss:`, `http:` or `https:`, absolute; a user and password in it are sent as `Authorization`
   * @param protocols the subprotocols to ask for, or options
   * @throws DOMException `SyntaxError` for a URL or protocols that no WebSocket can have
   * @throws UsageError for options that could not work
   */
  constructor(url: string | URL, protocols?: string | readonly string[] | WebSocketOptions);
  constructor(url: unknown, protocolsOrOptions: unknown = []) {
    super();
    // `undefined` is an argument, the text "undefined"; nothing is one too few.
    if (arguments.length === 0) throw new TypeError("WebSocket needs a URL");
    const text = usvString(url);
    const second = stringsOrDictionary(protocolsOrOptions);
    const { protocols, ...options }: WebSocketOptions = Array.isArray(second)
      ? { protocols: second }
      : second;
    const names = stringsOrDictionary(protocols);
    if (!Array.isArray(names)) throw new TypeError("protocols must be text or a list of it");
    this.#url = readSocketUrl(text);
    checkSubprotocols(names);
    this.#link = new Link({
      url: this.#url,
      protocols: names,
      options,
      events: {
        opened: () => this.#opened(),
        received: (message) => this.#received(message),
        ended: (failed, close) => this.#ended(failed, close),
      },
    });
  }

  /** The URL, serialised. */
  get url(): string {
    return WebSocket.#check(this).#url.href;
  }

  /** Where it stands: `CONNECTING`, `OPEN`, `CLOSING` or `CLOSED`. */
  get readyState(): ReadyState {
    return WebSocket.#check(this).#link.state;
  }

  /** Bytes of application data given to `send()` and not yet transmitted. It falls only between tasks, and never once closed. */
  get bufferedAmount(): number {
    return WebSocket.#check(this).#link.bufferedAmount;
  }

  /** The extensions in force, as the header names them; "" before it is open. */
  get extensions(): string {
    return WebSocket.#check(this).#extensions;
  }

  /** The subprotocol agreed on, or ""; "" before it is open. */
  get protocol(): string {
    return WebSocket.#check(this).#protocol;
  }

  get onopen(): Handler<"open"> | null {
    return WebSocket.#check(this).#onopen.value;
  }

  set onopen(handler: Handler<"open"> | null) {
    WebSocket.#check(this).#onopen.value = handler;
  }

  get onerror(): Handler<"error"> | null {
    return WebSocket.#check(this).#onerror.value;
  }

  set onerror(handler: Handler<"error"> | null) {
    WebSocket.#check(this).#onerror.value = handler;
  }

  get onclose(): Handler<"close"> | null {
    return WebSocket.#check(this).#onclose.value;
  }

  set onclose(handler: Handler<"close"> | null) {
    WebSocket.#check(this).#onclose.value = handler;
  }

  get onmessage(): Handler<"message"> | null {
    return WebSocket.#check(this).#onmessage.value;
  }

  set onmessage(handler: Handler<"message"> | null) {
    WebSocket.#check(this).#onmessage.value = handler;
  }

  /** How binary messages are given: "blob", which is the default, or "arraybuffer". Other values are ignored. */
  get binaryType(): BinaryType {
    return WebSocket.#check(this).#binaryType;
  }

  set binaryType(value: BinaryType) {
    WebSocket.#check(this);
    const text = usvString(value);
    if (text === "blob" || text === "arraybuffer") this.#binaryType = text;
  }

  /**
   * Starts the closing handshake behind what was sent, or gives up an attempt to connect; then an `error` comes before the
   * `close`. Does nothing once it is closing.
   *
   * @throws DOMException `InvalidAccessError` for a code that is neither 1000 nor in 3000 to 4999, `SyntaxError` for a
   *   reason longer than 123 bytes of UTF-8
   */
  close(code?: number, reason?: string): void;
  // The function's length is 0.
  close(...[code, reason]: [unknown?, unknown?]): void {
    const link = WebSocket.#check(this).#link;
    const short = code === undefined ? undefined : clampedShort(code);
    const text = reason === undefined ? "" : usvString(reason);
    link.close(checkCloseArguments(short, text));
  }

  /**
   * Sends a message: text for a string, binary for bytes and Blobs. Bytes may be changed afterwards. Once it is closing it
   * only counts them.
   *
   * @throws DOMException `InvalidStateError` before it is open
   * @throws TypeError for a view of memory that is shared or can change its size
   */
  send(data: string | ArrayBuffer | ArrayBufferView | Blob): void;
  send(data: unknown): void {
    const link = WebSocket.#check(this).#link;
    if (arguments.length === 0) throw new TypeError("send needs a message");
    const message = sendableData(data);
    if (link.state === WebSocket.CONNECTING) {
      throw new DOMException("the WebSocket is not open yet", "InvalidStateError");
    }
    link.send(message);
  }

  /** Beyond the standard: why it failed, from its `error` event on; otherwise undefined. */
  get failure(): Error | undefined {
    return WebSocket.#check(this).#link.failure;
  }

  /**
   * Beyond the standard: sends a ping (RFC 6455 §5.5.2). The option `pingIntervalMs` does so regularly. Does nothing
   * where it is not open.
   *
   * @throws UsageError `USAGE_CONTROL_PAYLOAD` for more than 125 bytes, `USAGE_MESSAGE_TYPE`
   */
  ping(payload?: string | ArrayBufferView | ArrayBuffer): void {
    const link = WebSocket.#check(this).#link;
    if (link.state === WebSocket.OPEN) link.connection?.ping(payload);
  }

  /** Beyond the standard: ends it at once, without a closing handshake; `error` and `close` follow. */
  terminate(): void {
    WebSocket.#check(this).#link.terminate();
  }

  /** @throws TypeError where a member is used on something that is no WebSocket (Web IDL §3.7.6) */
  static #check(value: unknown): WebSocket {
    if (!isObject(value) || !(#link in value)) throw new TypeError("Illegal invocation");
    return value;
  }

  #opened(): void {
    const { subprotocol = "", extensions = "" } = this.#link.connection ?? {};
    this.#protocol = subprotocol;
    this.#extensions = extensions;
    super.dispatchEvent(new Event("open"));
  }

  #received(message: Message): void {
    const data = typeof message === "string" ? message : this.#binary(message);
    const { origin } = this.#url;
    super.dispatchEvent(new MessageEvent("message", { data, origin }));
  }

  #ended(failed: boolean, close: CloseEventInit): void {
    if (failed) super.dispatchEvent(new Event("error"));
    super.dispatchEvent(new CloseEvent("close", close));
  }

  #binary(bytes: Uint8Array): ArrayBuffer | Blob {
    if (this.#binaryType === "blob") return new Blob([bytes]);
    const { buffer } = bytes;
    const whole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
    return whole ? buffer : new Uint8Array(bytes).buffer;
  }
}

const enumerable = { enumerable: true };
const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };

// Web IDL §3.7: members are enumerable, constants stand on both objects and cannot be changed.
Object.defineProperties(WebSocket.prototype, {
  url: enumerable,
  readyState: enumerable,
  bufferedAmount: enumerable,
  onopen: enumerable,
  onerror: enumerable,
  onclose: enumerable,
  extensions: enumerable,
  protocol: enumerable,
  close: enumerable,
  onmessage: enumerable,
  binaryType: enumerable,
  send: enumerable,
  [Symbol.toStringTag]: { value: "WebSocket", configurable: true },
});
for (const holder of [WebSocket, WebSocket.prototype]) {
  for (const [name, value] of Object.entries(states)) {
    Object.defineProperty(holder, name, { value, enumerable: true });
  }
}
