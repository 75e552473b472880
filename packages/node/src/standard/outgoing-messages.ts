/**
 * Messages on their way from `send()` to the connection, in order, and `bufferedAmount`.
 *
 * A Blob has to be read before it can be sent, and what is sent meanwhile waits behind it. Amounts are application data
 * without framing, as the standard counts them. They fall only between tasks (WHATWG WebSockets §3.1,
 * `bufferedAmount`): a script that adds up what it sends never sees them fall under its hands.
 */
import { Blob, Buffer } from "node:buffer";
import { ConnectionFailed, LimitExceeded, TautlineError } from "@tautline/protocol";
import type { Connection } from "../connection/connection.ts";
import type { SendableData } from "./idl-conversion.ts";

export interface OutgoingSetup {
  readonly connection: Connection;
  /** Most bytes that may wait, here and in the connection. */
  readonly maxQueuedBytes: number;
  /** A message cannot be sent, and the socket has failed. */
  readonly fail: (error: Error) => void;
}

export class OutgoingMessages {
  #setup: OutgoingSetup | undefined;
  /** Behind a Blob that is being read. */
  #waiting: SendableData[] = [];
  #waitingBytes = 0;
  #reading = false;
  #afterwards: (() => void) | undefined;
  #amount = 0;
  /** How much of the amount is out by now. */
  #written = 0;
  /** The amount has been brought up to date in this turn of the event loop. */
  #settled = false;

  /** Bytes given to `send()` and not transmitted, as of the beginning of this turn, and what was sent since. */
  get amount(): number {
    this.#settle();
    return this.#amount;
  }

  /** The connection is there. */
  begin(setup: OutgoingSetup): void {
    this.#setup = setup;
  }

  /**
   * Sends `data`, in the order of the calls. Bytes may change afterwards.
   *
   * @throws UsageError `USAGE_QUEUE_FULL` where `whenQueueFull` is "refuse"; not behind a Blob, where the socket fails
   */
  send(data: SendableData): void {
    const byteLength = this.count(data);
    if (!(data instanceof Blob) && this.#waiting.length === 0) {
      try {
        this.#give(data, byteLength);
      } catch (error) {
        // Where a full queue refuses: what throws counts nothing.
        this.#amount -= byteLength;
        throw error;
      }
      return;
    }
    const setup = this.#setup;
    this.#waitingBytes += byteLength;
    if (setup === undefined) return;
    if (this.#waitingBytes + setup.connection.bufferedBytes > setup.maxQueuedBytes) {
      setup.fail(new LimitExceeded("LIMIT_QUEUED_BYTES", `${setup.maxQueuedBytes}`));
      return;
    }
    this.#waiting.push(data instanceof Uint8Array ? data.slice() : data);
    if (!this.#reading) void this.#read(setup);
  }

  /** Counts `data` as sent, whether or not it is; returns its length in bytes. */
  count(data: SendableData): number {
    this.#settle();
    const byteLength = lengthOf(data);
    this.#amount += byteLength;
    return byteLength;
  }

  /** Calls `callback` when all that was sent is with the connection. */
  afterwards(callback: () => void): void {
    if (this.#waiting.length === 0) callback();
    else this.#afterwards = callback;
  }

  /** The connection is over. What it has not sent by now stays counted for good. */
  end(): void {
    this.#takeWritten();
    this.#setup = undefined;
    this.#waiting = [];
    this.#afterwards = undefined;
  }

  async #read(setup: OutgoingSetup): Promise<void> {
    this.#reading = true;
    try {
      for (let data = this.#waiting[0]; data !== undefined; data = this.#waiting[0]) {
        const ready = data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : data;
        // It may have ended meanwhile.
        if (this.#setup === undefined) return;
        this.#waiting.shift();
        const byteLength = lengthOf(data);
        this.#waitingBytes -= byteLength;
        this.#give(ready, byteLength);
      }
    } catch (error) {
      setup.fail(error instanceof TautlineError ? error : unreadable(error));
      return;
    }
    this.#reading = false;
    this.#afterwards?.();
  }

  #give(data: string | Uint8Array, byteLength: number): void {
    const connection = this.#setup?.connection;
    if (connection?.state !== "open") return;
    connection.send(data);
    connection.whenWritten(() => {
      this.#written += byteLength;
    });
  }

  #settle(): void {
    if (this.#settled || this.#setup === undefined) return;
    this.#settled = true;
    setImmediate(() => {
      this.#settled = false;
    });
    this.#takeWritten();
  }

  #takeWritten(): void {
    this.#amount -= this.#written;
    this.#written = 0;
  }
}

function unreadable(cause: unknown): Error {
  return new ConnectionFailed("CONNECTION_TERMINATED", "a Blob cannot be read", { cause });
}

function lengthOf(data: SendableData): number {
  if (typeof data === "string") return Buffer.byteLength(data, "utf8");
  return data instanceof Blob ? data.size : data.byteLength;
}
