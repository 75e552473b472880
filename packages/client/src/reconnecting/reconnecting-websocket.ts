/**
 * A WebSocket that comes back: the members of the WHATWG standard over one socket after another.
 *
 * It decides when the next socket is made and what scripts see meanwhile: the time away is part of `CONNECTING`. What a
 * socket is made of and how it fails is the attempt's business.
 */
import { Backoff } from "../backoff.ts";
import type { Cancel, NetworkSign } from "../environment.ts";
import type { CloseInfo, LiveSocket, SocketData, Source } from "./any-socket.ts";
import { Attempt } from "./attempt.ts";
import { AwayQueue, lengthOf } from "./away-queue.ts";
import { checkCloseArguments } from "./close-arguments.ts";
import { comesBack, resolveReconnecting } from "./reconnecting-options.ts";
import type { ReconnectingSetup, ReconnectingWebSocketOptions } from "./reconnecting-options.ts";
import { SocketEvents, closeEventOf, messageEventOf } from "./socket-events.ts";

const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

/** As the script's own `close()` on a socket that is connecting ends it. */
const givenUp: CloseInfo = Object.freeze({ code: 1006, reason: "", wasClean: false });

/**
 * A WebSocket that comes back after a loss, with growing random delays.
 *
 * - `open` comes each time it is connected, `lost` each time that ends and another attempt follows; `close`, and before it
 *   `error` where something failed, once and for good.
 * - `send()` while it is away queues, within `maxQueuedMessages` and `maxQueuedBytes`; what waits is sent behind what
 *   listeners of `open` send. What was under way when the connection broke is not repeated: nobody knows whether it arrived.
 */
export class ReconnectingWebSocket extends SocketEvents {
  static readonly CONNECTING = states.CONNECTING;
  static readonly OPEN = states.OPEN;
  static readonly CLOSING = states.CLOSING;
  static readonly CLOSED = states.CLOSED;
  readonly CONNECTING = states.CONNECTING;
  readonly OPEN = states.OPEN;
  readonly CLOSING = states.CLOSING;
  readonly CLOSED = states.CLOSED;

  readonly #setup: ReconnectingSetup;
  readonly #sources: Readonly<{
    url: Source<string | URL>;
    protocols: Source<string | readonly string[]>;
  }>;
  readonly #backoff: Backoff;
  readonly #queue: AwayQueue;
  #state: 0 | 1 | 2 | 3 = states.CONNECTING;
  #binaryType: BinaryType = "blob";
  /** Present while an attempt is made or a connection is there. */
  #attempt: Attempt | undefined;
  /** Its socket, or the last one there was. */
  #socket: LiveSocket | undefined;
  /** Present while the next attempt is waited for. */
  #cancelRetry: Cancel | undefined;
  #cancelSigns: Cancel;
  /** What `send()` was given once it was closing. */
  #unsentBytes = 0;

  /**
   * Begins to connect.
   *
   * @param url the address, or a function that finds it anew for each attempt, with a fresh token for example
   * @param protocols the subprotocols to ask for, or a function that finds them
   * @throws UsageError `no-websocket`, `bad-option`
   * @throws what the socket's constructor throws, where `url` and `protocols` are values
   */
  constructor(
    url: Source<string | URL>,
    protocols: Source<string | readonly string[]> = [],
    options: ReconnectingWebSocketOptions = {},
  ) {
    super();
    this.#setup = resolveReconnecting(options);
    this.#sources = { url, protocols };
    const { settings, environment } = this.#setup;
    this.#queue = new AwayQueue(settings);
    const { reconnectDelayMs, maxReconnectDelayMs, stableAfterMs } = settings;
    this.#backoff = new Backoff(
      { baseDelayMs: reconnectDelayMs, maxDelayMs: maxReconnectDelayMs, stableAfterMs },
      () => environment.random(),
    );
    this.#begin().start();
    this.#cancelSigns = environment.onSign((sign) => this.#heed(sign));
  }

  /** That of the present socket or the last one; "" before the first. */
  get url(): string {
    return this.#socket?.url ?? "";
  }

  /** `CONNECTING` while it is away, too. */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#state;
  }

  /** Bytes that wait here and in the socket. */
  get bufferedAmount(): number {
    return this.#queue.byteLength + this.#unsentBytes + (this.#socket?.bufferedAmount ?? 0);
  }

  get extensions(): string {
    return this.#socket?.extensions ?? "";
  }

  get protocol(): string {
    return this.#socket?.protocol ?? "";
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(value: BinaryType) {
    if (value !== "blob" && value !== "arraybuffer") return;
    this.#binaryType = value;
    if (this.#socket !== undefined) this.#socket.binaryType = value;
  }

  /** Beyond the standard: how many attempts have failed or connections were lost since one was last stable. */
  get failedAttempts(): number {
    return this.#backoff.attempts;
  }

  /**
   * Sends a message, or queues it while it is away. Once it is closing it only counts it.
   *
   * @throws LimitExceeded `queue-full` while it is away
   */
  send(data: SocketData): void {
    if (this.#state === states.OPEN) this.#socket?.send(data);
    else if (this.#state === states.CONNECTING) this.#queue.add(data);
    else this.#unsentBytes += lengthOf(data);
  }

  /**
   * Closes it for good. What waits is dropped.
   *
   * @throws DOMException `InvalidAccessError` for a code that is neither 1000 nor in 3000 to 4999, `SyntaxError` for a
   *   reason longer than 123 bytes of UTF-8
   */
  close(code?: number, reason?: string): void {
    checkCloseArguments(code, reason);
    if (this.#state >= states.CLOSING) return;
    const wasOpen = this.#state === states.OPEN;
    this.#state = states.CLOSING;
    this.#leave();
    if (wasOpen) {
      this.#socket?.close(code, reason);
      return;
    }
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.give();
    // Never within the call.
    this.#setup.environment.schedule(() => this.#finish(givenUp), 0);
  }

  /** Beyond the standard: while it waits for the next attempt, makes it now. */
  reconnect(): void {
    if (this.#cancelRetry === undefined) return;
    this.#cancelRetry();
    this.#cancelRetry = undefined;
    this.#retry();
  }

  #begin(): Attempt {
    const attempt: Attempt = new Attempt({
      ...this.#setup,
      ...this.#sources,
      events: {
        created: (socket) => {
          socket.binaryType = this.#binaryType;
          this.#socket = socket;
        },
        opened: (socket) => this.#opened(socket),
        received: (event) => {
          if (this.#state === states.OPEN) this.dispatchEvent(messageEventOf(event));
        },
        ended: (end, cause) => {
          if (this.#attempt === attempt) this.#ended(end, cause);
        },
      },
    });
    this.#attempt = attempt;
    return attempt;
  }

  /** An attempt that is not the first: a constructor that throws is nobody's call any more. */
  #retry(): void {
    const attempt = this.#begin();
    try {
      attempt.start();
    } catch (error) {
      this.#ended(givenUp, error);
    }
  }

  #opened(socket: LiveSocket): void {
    if (this.#state !== states.CONNECTING) return;
    this.#state = states.OPEN;
    this.#backoff.established(this.#setup.environment.now());
    this.dispatchEvent(new Event("open"));
    if (this.#state !== states.OPEN) return;
    for (const message of this.#queue.take()) socket.send(message);
  }

  #ended(end: CloseInfo, cause: unknown): void {
    this.#attempt = undefined;
    const { environment } = this.#setup;
    // An address or protocols that no WebSocket can have will not be better next time.
    const hopeless = cause instanceof DOMException && cause.name === "SyntaxError";
    if (this.#state >= states.CLOSING || hopeless || !this.#isWorthAnother(end)) {
      this.#leave();
      this.#finish(end);
      return;
    }
    this.#state = states.CONNECTING;
    const delayMs = this.#backoff.next(environment.now());
    this.#cancelRetry = environment.schedule(() => {
      this.#cancelRetry = undefined;
      this.#retry();
    }, delayMs);
    this.dispatchEvent(closeEventOf("lost", end));
  }

  /** What the caller's rule throws is reported, and the usual one holds: it must not stay in between for ever. */
  #isWorthAnother(end: CloseInfo): boolean {
    try {
      return this.#setup.shouldReconnect(end);
    } catch (error) {
      this.#setup.environment.reportError(error);
      return comesBack(end);
    }
  }

  /** It will not come back. */
  #leave(): void {
    this.#cancelSigns();
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#unsentBytes += this.#queue.byteLength;
    this.#queue.take();
  }

  #finish(end: CloseInfo): void {
    this.#state = states.CLOSED;
    if (!end.wasClean) this.dispatchEvent(new Event("error"));
    this.dispatchEvent(closeEventOf("close", end));
  }

  #heed(sign: NetworkSign): void {
    if (sign !== "offline") this.reconnect();
  }
}
