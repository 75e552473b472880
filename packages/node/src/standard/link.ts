/**
 * What stands between a socket and its connection: the ready state, and what the protocol feeds back (WHATWG WebSockets
 * §3.1 and §4).
 *
 * It decides when a socket opens, receives and closes, each in a task of its own, and never within a call of the
 * script. Events are its owner's, frames and handshakes the connection's.
 */
import { ConnectionFailed } from "@tautline/protocol";
import type { ConnectionEnd } from "@tautline/protocol";
import { beginConnect } from "../client/connect.ts";
import type { Connection } from "../connection/connection.ts";
import type { Message } from "../connection/message-queue.ts";
import type { ConnectOptions } from "../options.ts";
import { nodeDefaults } from "../options.ts";
import { isPortBlocked } from "./blocked-ports.ts";
import type { CloseStatus } from "./close-arguments.ts";
import type { CloseEventInit } from "./close-event.ts";
import type { SendableData } from "./idl-conversion.ts";
import { OutgoingMessages } from "./outgoing-messages.ts";
import { TaskQueue } from "./task-queue.ts";

/** `CONNECTING`, `OPEN`, `CLOSING` and `CLOSED`. */
export type ReadyState = 0 | 1 | 2 | 3;

const connecting = 0;
const open = 1;
const closing = 2;
const closed = 3;

/** What a link tells, each in a task of its own. */
export interface LinkEvents {
  opened(): void;
  received(message: Message): void;
  /** @param failed whether the connection failed, and did not just close */
  ended(failed: boolean, close: CloseEventInit): void;
}

export interface LinkSetup {
  readonly url: URL;
  readonly protocols: readonly string[];
  readonly options: Omit<ConnectOptions, "subprotocols" | "receive" | "receiveText">;
  readonly events: LinkEvents;
}

/** RFC 6455 §7.1.5: there is no code, because no Close frame has come. */
const abnormalClosure = 1006;

export class Link {
  readonly #setup: LinkSetup;
  readonly #tasks = new TaskQueue();
  readonly #outgoing = new OutgoingMessages();
  readonly #giveUp = new AbortController();
  #state: ReadyState = connecting;
  #connection: Connection | undefined;
  #failure: Error | undefined;

  /** @throws UsageError for options that could not work; nothing has been sent then */
  constructor(setup: LinkSetup) {
    this.#setup = setup;
    const { url, protocols, options } = setup;
    const { signal } = options;
    if (signal?.aborted === true) {
      this.#fail(asError(signal.reason));
    } else if (isPortBlocked(url)) {
      this.#fail(new ConnectionFailed("CONNECTION_UNREACHABLE", `port ${url.port} is blocked`));
    } else {
      const signals = signal === undefined ? [] : [signal];
      beginConnect(url, {
        ...options,
        subprotocols: protocols,
        receive: "messages",
        receiveText: "strings",
        signal: AbortSignal.any([...signals, this.#giveUp.signal]),
      }).then(
        (connection) => this.#established(connection),
        (error: unknown) => this.#fail(asError(error)),
      );
    }
  }

  get state(): ReadyState {
    // "The WebSocket closing handshake is started" is a task, which has its turn behind those of the messages before.
    if (this.#state === open && this.#tasks.idle && this.#connection?.state !== "open") {
      this.#state = closing;
    }
    return this.#state;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Why it failed, once it has. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  get bufferedAmount(): number {
    return this.#outgoing.amount;
  }

  /** Sends a message, or only counts it where none can be sent any more. */
  send(data: SendableData): void {
    const connection = this.#connection;
    if (connection?.state !== "open" || this.#state !== open) {
      this.#outgoing.count(data);
      return;
    }
    this.#outgoing.send(data);
    // It does not end in the middle of the script that has filled the queue.
    if (connection.state !== "open") this.#tasks.queue(() => undefined);
  }

  /** Starts the closing handshake behind what was sent, or gives the attempt up. */
  close({ code, reason }: CloseStatus): void {
    if (this.#state >= closing) return;
    this.#state = closing;
    const connection = this.#connection;
    if (connection === undefined) this.#giveUp.abort(new ConnectionFailed("CONNECTION_TERMINATED"));
    else this.#outgoing.afterwards(() => connection.close(code, reason));
  }

  /** Ends it at once, without a closing handshake. */
  terminate(): void {
    if (this.#state === closed) return;
    this.#state = closing;
    if (this.#connection === undefined) {
      this.#giveUp.abort(new ConnectionFailed("CONNECTION_TERMINATED"));
    } else {
      this.#connection.terminate();
    }
  }

  #established(connection: Connection): void {
    const { protocols, events, options } = this.#setup;
    if (this.#state !== connecting) {
      connection.terminate();
      this.#fail(new ConnectionFailed("CONNECTION_TERMINATED"));
      return;
    }
    if (protocols.length > 0 && connection.subprotocol === "") {
      // Stricter than RFC 6455 §4.1: who asks for subprotocols gets one (WHATWG WebSockets §2.2).
      connection.terminate();
      this.#fail(new ConnectionFailed("CONNECTION_TERMINATED", "the server chose no subprotocol"));
      return;
    }
    this.#connection = connection;
    const { maxQueuedBytes = nodeDefaults.maxQueuedBytes } = options;
    this.#outgoing.begin({ connection, maxQueuedBytes, fail: (error) => this.#abandon(error) });
    this.#tasks.queue(() => {
      if (this.#state !== connecting) return;
      this.#state = open;
      events.opened();
    });
    connection.onMessage((message) =>
      this.#tasks.queue(() => {
        if (this.#state === open) events.received(message);
      }),
    );
    connection.onClose((end) => this.#tasks.queue(() => this.#end(end)));
  }

  /** Gives up a connection over which something cannot be sent. */
  #abandon(error: Error): void {
    this.#failure ??= error;
    this.#connection?.terminate();
  }

  /** There is no connection and there will be none. */
  #fail(error: Error): void {
    this.#tasks.queue(() => {
      this.#end({ code: abnormalClosure, reason: "", wasClean: false }, error);
    });
  }

  #end({ code, reason, wasClean, error }: ConnectionEnd, cause: Error | undefined = error): void {
    this.#state = closed;
    if (!wasClean) this.#failure ??= cause;
    this.#outgoing.end();
    // Without the peer's Close frame there is no code, whatever this side has said in its own.
    const close = wasClean
      ? { code, reason, wasClean }
      : { code: abnormalClosure, reason: "", wasClean };
    this.#setup.events.ended(!wasClean, close);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
}
