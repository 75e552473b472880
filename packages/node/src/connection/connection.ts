/**
 * An open WebSocket connection, a server's or a client's: the object that applications hold.
 *
 * It decides nothing about the protocol. What goes out is the driver's, what comes in the inbox's.
 */
import type { Duplex } from "node:stream";
import {
  ConnectionFailed,
  PreparedMessage,
  UsageError,
  formatAcceptances,
  openTransform,
} from "@tautline/protocol";
import type {
  ConnectionEnd,
  EngineSettings,
  NegotiatedExtension,
  ReceiveForm,
  Role,
} from "@tautline/protocol";
import { byteWatches } from "./byte-watches.ts";
import type { ByteWatcher } from "./byte-watches.ts";
import { ConnectionEvents } from "./connection-events.ts";
import { Driver } from "./driver.ts";
import { endedError } from "./ended-error.ts";
import { Inbox } from "./inbox.ts";
import type { Unsubscribe } from "./listeners.ts";
import type { Message, MessageQueueLimits } from "./message-queue.ts";
import type { MessageStream } from "./message-stream.ts";
import { OutgoingStreams } from "./outgoing-stream.ts";
import type { MessageSource, SendStreamOptions } from "./outgoing-stream.ts";
import { bytesOf } from "./sendable.ts";
import type { Sendable } from "./sendable.ts";
import { StreamInbox } from "./stream-inbox.ts";
import type { TransportOpener } from "./transport.ts";
import { Utf8Events } from "./utf8-events.ts";
import { Utf8Text } from "./utf8-text.ts";
import type { TextSettings } from "./utf8-text.ts";

/** Where a connection stands: messages can be sent, it is being closed, or it is over. */
export type ConnectionState = "open" | "closing" | "closed";

/** What a connection is made of. */
export interface ConnectionParts<Data> {
  readonly role: Role;
  readonly settings: EngineSettings & MessageQueueLimits & TextSettings;
  readonly openTransport: TransportOpener;
  readonly subprotocol: string;
  readonly data: Data;
  /** What the handshake has agreed on. */
  readonly extensions: readonly NegotiatedExtension[];
  /** Is told when the connection is over, before its listeners are. */
  readonly host?: ConnectionHost<Data> | undefined;
}

/** Who holds connections. */
export interface ConnectionHost<Data> {
  closed(connection: Connection<Data>): void;
}

export interface SendOptions {
  /**
   * Whether the message may be compressed, where compression was agreed on. False for what is compressed already, and
   * for secrets next to text that others choose. Default: true.
   */
  readonly compress?: boolean | undefined;
}

/**
 * An open connection. Messages wait until somebody takes them, and when too many wait nothing more is read, not even
 * the peer's Close frame: an application that wants no messages says so with `onMessage(() => {})`.
 */
export class Connection<Data = unknown> implements AsyncIterable<Message> {
  /** The subprotocol agreed on in the handshake, or "". */
  readonly subprotocol: string;
  /** The extensions in force, with their parameters, as `Sec-WebSocket-Extensions` has them; "" where there is none. */
  readonly extensions: string;
  /** What the server's handshake hook has attached; `undefined` where there is none. */
  readonly data: Data;
  readonly #driver: Driver;
  readonly #inbox: Inbox;
  /** Where messages are received as streams. */
  readonly #streamInbox: StreamInbox | undefined;
  readonly #events: ConnectionEvents;
  readonly #host: ConnectionHost<Data> | undefined;
  #closed: Promise<ConnectionEnd> | undefined;
  /** Made when the first message is streamed. */
  #streams: OutgoingStreams | undefined;

  /** @internal made by a WebSocketServer or by connect() */
  constructor(parts: ConnectionParts<Data>) {
    const { role, settings, openTransport, subprotocol, extensions, data } = parts;
    this.subprotocol = subprotocol;
    this.extensions = formatAcceptances(extensions);
    this.data = data;
    this.#inbox = new Inbox(settings);
    if (settings.receive === "streams") this.#streamInbox = new StreamInbox(settings);
    this.#host = parts.host;
    const Events = settings.receiveText === "bytes" ? Utf8Events : ConnectionEvents;
    this.#events = new Events(this.#inbox, this.#streamInbox, this);
    this.#driver = new Driver({
      role,
      settings,
      parts: this.#streamInbox,
      openTransport,
      transform: openTransform(extensions),
      events: this.#events,
    });
    this.#reader.holdBackBy(this.#driver);
  }

  /** @internal begins to read; `rest` came behind the handshake and becomes the connection's */
  start(rest: Uint8Array): void {
    this.#driver.start(rest);
  }

  /** @internal it is over */
  ended(): void {
    this.#host?.closed(this);
  }

  get state(): ConnectionState {
    const { state } = this.#driver;
    if (state === "open" || state === "closed") return state;
    return "closing";
  }

  /** In which form messages are received, as the option `receive` says. */
  get receive(): ReceiveForm {
    return this.#streamInbox === undefined ? "messages" : "streams";
  }

  /**
   * Bytes, frame headers included, that were sent and that the system has not taken yet. A message that is still to be
   * compressed counts as long as it was given.
   */
  get bufferedBytes(): number {
    return this.#driver.bufferedBytes;
  }

  /** @internal calls `written` when the system has taken all that was sent so far; not at all when it ends before that */
  whenWritten(written: () => void): void {
    this.#driver.whenWritten(written);
  }

  /** Messages that found no room in the queue and were dropped; counts only where `whenQueueFull` is "drop". */
  get droppedMessages(): number {
    return this.#driver.droppedMessages;
  }

  /** The peer's address; `undefined` where the transport has none, or is gone before anybody asked. */
  get remoteAddress(): string | undefined {
    return this.#driver.transport.addresses.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#driver.transport.addresses.remotePort;
  }

  /** Whether the connection runs inside TLS (`wss:`). */
  get encrypted(): boolean {
    return this.#driver.transport.addresses.encrypted;
  }

  /**
   * The stream that carries the connection, a `net.Socket` in most cases, for what is not offered here. Reading it or
   * writing to it breaks the connection. On TCP the stream is passed by until somebody asks for it; from then on all bytes
   * pass it, which costs some speed.
   */
  plainStream(): Duplex {
    return this.#driver.transport.plainStream();
  }

  /**
   * Shows `watcher` the bytes that travel from now on, for as long as the connection lasts; a frame may be under way. Connections
   * that nobody watches are none the slower.
   */
  watchBytes(watcher: ByteWatcher): Unsubscribe {
    byteWatches.add(this.#driver, watcher);
    return () => byteWatches.remove(this.#driver, watcher);
  }

  /**
   * Sends a message: text for a string and a {@link Utf8Text}, binary for everything else.
   *
   * Bytes are not copied when there are many (16 KiB and more, on a server): they must not change until the system has
   * taken them, at the latest when {@link bufferedBytes} is 0. Where they are detached (transferred) before they leave, the
   * connection fails with 1011 (`USAGE_PAYLOAD_DETACHED`).
   *
   * @returns true while the peer keeps up; false when more than `highWaterMarkBytes` wait (the message is queued all
   *   the same: wait for {@link drained}), and when the connection is not open any more (the message is dropped: the
   *   peer may close at any moment, so this is no mistake of the caller's). When `maxQueuedBytes` leaves no room for the
   *   message, `whenQueueFull` says what happens.
   * @throws UsageError `USAGE_MESSAGE_TYPE`; `USAGE_QUEUE_FULL` where `whenQueueFull` is "refuse"
   */
  send(data: Sendable, { compress = true }: SendOptions = {}): boolean {
    if (typeof data === "string") return this.#driver.sendText(data, compress);
    if (data instanceof PreparedMessage) return this.#driver.sendPrepared(data, compress);
    const bytes = bytesOf(data);
    if (data instanceof Utf8Text) return this.#driver.sendUtf8(bytes, compress);
    return this.#driver.sendBinary(bytes, compress);
  }

  /**
   * Sends a message and waits, if need be, until the peer keeps up.
   *
   * @throws UsageError `USAGE_MESSAGE_TYPE`
   * @throws ConnectionFailed or what else ended the connection, when it is not open, or ends before the peer keeps up
   */
  async write(data: Sendable, options: SendOptions = {}): Promise<void> {
    if (this.send(data, options)) return;
    await this.drained();
  }

  /**
   * Sends one message from a ReadableStream, a Node.js Readable or any iterable, fragment by fragment as its chunks come
   * and no faster than the peer reads. Its length need not be known and it is never in memory as a whole. It is not
   * compressed.
   *
   * Messages that are sent meanwhile wait for its end, within `maxQueuedBytes`, and further streams for each other; pings
   * and pongs pass. {@link close} cuts the message and what waits behind it. Chunks of text that come as bytes must be
   * UTF-8; chunks of bytes must not change until they are written.
   *
   * @returns when the last fragment is queued
   * @throws what the source throws, or `USAGE_MESSAGE_TYPE` for a chunk that is no part of such a message. When fragments
   *   have been sent by then, the connection closes with 1011.
   * @throws ConnectionFailed or what else ended the connection, when it is not open, or ends before that; the source is
   *   cancelled
   */
  sendStream(source: MessageSource, options: SendStreamOptions = {}): Promise<void> {
    this.#streams ??= new OutgoingStreams({
      isOpen: () => this.state === "open",
      sendFragment: (fragment) => this.#driver.sendFragment(fragment),
      drained: () => this.drained(),
      onEnd: (listener) => this.onClose((end) => listener(endedError(end))),
      fail: () => this.close(1011),
    });
    return this.#streams.send(source, options);
  }

  /**
   * Resolves when the peer keeps up: at once, or when at most half of `highWaterMarkBytes` wait.
   *
   * @throws ConnectionFailed or what else ended the connection, when it is not open, or ends before that
   */
  drained(): Promise<void> {
    if (this.state === "open" && !this.#driver.clogged) return Promise.resolve();
    return this.#events.nextDrain();
  }

  /**
   * Sends a ping (RFC 6455 §5.5.2). Pings for keeping the connection alive are sent without this. Does nothing once
   * the connection is not open.
   *
   * @throws UsageError `USAGE_CONTROL_PAYLOAD` for more than 125 bytes, `USAGE_MESSAGE_TYPE`
   */
  ping(payload?: string | ArrayBufferView | ArrayBuffer): void {
    if (typeof payload === "string") this.#driver.ping(Buffer.from(payload, "utf8"));
    else this.#driver.ping(payload === undefined ? undefined : bytesOf(payload));
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2). Messages that were sent before still go out, and those that the
   * peer sends before its answer still come in. Does nothing once the connection is not open.
   *
   * @param code default: no code, which the peer sees as 1005
   * @throws UsageError `USAGE_CLOSE_CODE`, `USAGE_CLOSE_REASON`
   */
  close(code?: number, reason?: string): void {
    this.#driver.close(code, reason);
  }

  /** Gives the connection up at once, without a closing handshake; the peer sees 1006. */
  terminate(): void {
    this.#driver.abort(new ConnectionFailed("CONNECTION_TERMINATED"));
  }

  /**
   * Takes no more messages: listeners are not called and nothing is read, until {@link resume}. The peer is held back
   * by TCP. Pings are sent meanwhile, but nobody is given up for not answering. A connection that is being closed reads on.
   */
  pause(): void {
    this.#reader.pause();
  }

  resume(): void {
    this.#reader.resume();
  }

  /**
   * Calls `listener` for each message. Messages that came before the first listener are not lost: they follow as soon
   * as the caller is done. Binary messages belong to the listener. What a listener throws, or an asynchronous one rejects
   * with, becomes an uncaught exception and disturbs nothing else; this holds for all listeners.
   *
   * @throws UsageError `USAGE_RECEIVE` where messages are received as streams
   */
  onMessage(listener: (data: Message) => unknown): Unsubscribe {
    return this.#whole().onMessage(listener);
  }

  /**
   * Calls `listener` for each message as soon as it begins to arrive; otherwise as {@link onMessage}. Each stream is to be
   * read or cancelled: nothing more is read from the peer while too much waits.
   *
   * @throws UsageError `USAGE_RECEIVE` unless the option `receive` is "streams"
   */
  onMessageStream(listener: (message: MessageStream) => unknown): Unsubscribe {
    return this.#streamed().onMessageStream(listener);
  }

  /**
   * The messages as streams, in order, each as soon as it begins to arrive; otherwise as the connection's own iterator. A
   * stream that nobody has begun to read when the next is asked for is cancelled.
   *
   * @throws UsageError `USAGE_RECEIVE` unless the option `receive` is "streams"
   */
  messageStreams(): AsyncIterableIterator<MessageStream> {
    return this.#streamed().streams();
  }

  /** Calls `listener` for each ping received; it has been answered already. */
  onPing(listener: (payload: Uint8Array) => unknown): Unsubscribe {
    return this.#events.onPing(listener);
  }

  onPong(listener: (payload: Uint8Array) => unknown): Unsubscribe {
    return this.#events.onPong(listener);
  }

  /** Calls `listener` each time the peer keeps up again after `send` has returned false. */
  onDrain(listener: () => unknown): Unsubscribe {
    return this.#events.onDrain(listener);
  }

  /** Calls `listener` once, when the connection is over; soon, if it is over already. */
  onClose(listener: (end: ConnectionEnd) => unknown): Unsubscribe {
    return this.#events.onClose(listener);
  }

  /** Resolves when the connection is over, however that came about. Never rejects. */
  get closed(): Promise<ConnectionEnd> {
    this.#closed ??= new Promise((resolve) => {
      this.#events.onClose(resolve);
    });
    return this.#closed;
  }

  /**
   * The messages, in order, from the first that nobody has taken. The loop ends when the connection is over and all
   * messages are taken, also when it was cut: `await connection.closed` says how it ended. Leaving the loop does not
   * close the connection, and a later loop goes on where this one stopped. Messages go to listeners while there
   * are any, and not to loops.
   *
   * @throws UsageError `USAGE_RECEIVE` where messages are received as streams
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    const inbox = this.#whole();
    const iterator: AsyncIterableIterator<Message> = {
      next: () => inbox.take(),
      return: () => Promise.resolve({ done: true, value: undefined }),
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }
  get #reader(): Inbox | StreamInbox {
    return this.#streamInbox ?? this.#inbox;
  }

  #whole(): Inbox {
    if (this.#streamInbox === undefined) return this.#inbox;
    throw new UsageError("USAGE_RECEIVE", "they are streams");
  }

  #streamed(): StreamInbox {
    if (this.#streamInbox !== undefined) return this.#streamInbox;
    throw new UsageError("USAGE_RECEIVE", "they are whole");
  }
}
