/**
 * What a connection tells its application beside the messages: pings, pongs, the drain and the end.
 *
 * It stands between the engine, which calls it synchronously and which it must not disturb, and listeners that may do
 * anything.
 */
import type { ConnectionEnd } from "@tautline/protocol";
import type { DriverEvents } from "./driver.ts";
import { endedError } from "./ended-error.ts";
import type { Inbox } from "./inbox.ts";
import { Listeners } from "./listeners.ts";
import type { Listener, Unsubscribe } from "./listeners.ts";
import type { StreamInbox } from "./stream-inbox.ts";

/** Somebody who waits until the peer keeps up again. */
interface DrainWaiter {
  resolve(): void;
  reject(error: Error): void;
}

/** Keeps the connection until its end. */
export interface ConnectionKeeper {
  ended(): void;
}

const noWaiters: readonly DrainWaiter[] = [];

export class ConnectionEvents implements DriverEvents {
  readonly #inbox: Inbox;
  readonly #streams: StreamInbox | undefined;
  readonly #keeper: ConnectionKeeper | undefined;
  // Each is made with its first listener: most connections have none of most.
  #pings: Listeners<Uint8Array> | undefined;
  #pongs: Listeners<Uint8Array> | undefined;
  #drains: Listeners | undefined;
  #closes: Listeners<ConnectionEnd> | undefined;
  #drainWaiters: readonly DrainWaiter[] = noWaiters;
  #end: ConnectionEnd | undefined;

  /**
   * @param streams where messages arrive as streams
   * @param keeper is told of the end before any listener
   */
  constructor(inbox: Inbox, streams: StreamInbox | undefined, keeper?: ConnectionKeeper) {
    this.#inbox = inbox;
    this.#streams = streams;
    this.#keeper = keeper;
  }

  /** How the connection ended, once it has. */
  get end(): ConnectionEnd | undefined {
    return this.#end;
  }

  text(message: string): void {
    this.#inbox.receive(message);
  }

  binary(message: Uint8Array): void {
    this.#inbox.receive(message);
  }

  ping(payload: Uint8Array): void {
    this.#pings?.emit(payload);
  }

  pong(payload: Uint8Array): void {
    this.#pongs?.emit(payload);
  }

  drained(): void {
    const waiters = this.#drainWaiters;
    this.#drainWaiters = noWaiters;
    for (const waiter of waiters) waiter.resolve();
    this.#drains?.emit();
  }

  closed(end: ConnectionEnd): void {
    this.#end = end;
    this.#inbox.end();
    this.#streams?.closed(end);
    const waiters = this.#drainWaiters;
    this.#drainWaiters = noWaiters;
    for (const waiter of waiters) waiter.reject(endedError(end));
    this.#keeper?.ended();
    this.#closes?.emit(end);
  }

  onPing(listener: Listener<Uint8Array, void>): Unsubscribe {
    this.#pings ??= new Listeners();
    return this.#pings.add(listener);
  }

  onPong(listener: Listener<Uint8Array, void>): Unsubscribe {
    this.#pongs ??= new Listeners();
    return this.#pongs.add(listener);
  }

  onDrain(listener: Listener<void, void>): Unsubscribe {
    this.#drains ??= new Listeners();
    return this.#drains.add(listener);
  }

  /** A listener that comes after the end is told of it all the same, in a microtask. */
  onClose(listener: Listener<ConnectionEnd, void>): Unsubscribe {
    const end = this.#end;
    if (end === undefined) {
      this.#closes ??= new Listeners();
      return this.#closes.add(listener);
    }
    const late = new Listeners<ConnectionEnd>();
    const unsubscribe = late.add(listener);
    queueMicrotask(() => late.emit(end));
    return unsubscribe;
  }

  /** Resolves at the next drain, and rejects when the connection ends before it. */
  nextDrain(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end === undefined)
        this.#drainWaiters = [...this.#drainWaiters, { resolve, reject }];
      else reject(endedError(this.#end));
    });
  }
}
