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

const noWaiters: readonly DrainWaiter[] = [];

export class ConnectionEvents implements DriverEvents {
  readonly #inbox: Inbox;
  readonly #streams: StreamInbox | undefined;
  readonly #pings = new Listeners<Uint8Array>();
  readonly #pongs = new Listeners<Uint8Array>();
  readonly #drains = new Listeners();
  readonly #closes = new Listeners<ConnectionEnd>();
  #drainWaiters: readonly DrainWaiter[] = noWaiters;
  #end: ConnectionEnd | undefined;

  /** @param streams where messages arrive as streams */
  constructor(inbox: Inbox, streams: StreamInbox | undefined) {
    this.#inbox = inbox;
    this.#streams = streams;
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
    this.#pings.emit(payload);
  }

  pong(payload: Uint8Array): void {
    this.#pongs.emit(payload);
  }

  drained(): void {
    const waiters = this.#drainWaiters;
    this.#drainWaiters = noWaiters;
    for (const waiter of waiters) waiter.resolve();
    this.#drains.emit();
  }

  closed(end: ConnectionEnd): void {
    this.#end = end;
    this.#inbox.end();
    this.#streams?.closed(end);
    const waiters = this.#drainWaiters;
    this.#drainWaiters = noWaiters;
    for (const waiter of waiters) waiter.reject(endedError(end));
    this.#closes.emit(end);
  }

  onPing(listener: Listener<Uint8Array, void>): Unsubscribe {
    return this.#pings.add(listener);
  }

  onPong(listener: Listener<Uint8Array, void>): Unsubscribe {
    return this.#pongs.add(listener);
  }

  onDrain(listener: Listener<void, void>): Unsubscribe {
    return this.#drains.add(listener);
  }

  /** A listener that comes after the end is told of it all the same, in a microtask. */
  onClose(listener: Listener<ConnectionEnd, void>): Unsubscribe {
    const end = this.#end;
    if (end === undefined) return this.#closes.add(listener);
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
