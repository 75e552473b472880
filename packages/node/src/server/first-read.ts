/**
 * The sockets of a port of one's own, before anybody has said what they are for.
 *
 * Nearly all of them ask for a WebSocket, in a head that comes whole in the first read. Those are taken past Node.js' http
 * and its sockets, which cost more than all the rest of a connection. Everything else goes to it with the bytes as they came: a
 * head in pieces, one that is read in two ways or too large, another method, a body, any other request. So what may be judged
 * in more than one way is judged by Node.js alone.
 */
import { HeadReader, parseRequestHead, refuseHandshake } from "@tautline/protocol";
import type { HandshakeRequest } from "@tautline/protocol";
import { BareSocket } from "../connection/bare-socket.ts";
import type { BareSocketKeeper } from "../connection/bare-socket.ts";
import { monotonicClock } from "../connection/deadline-queue.ts";
import type { TransportEvents } from "../connection/transport.ts";
import { asBuffer } from "../platform.ts";
import { DirectExchange } from "./direct-exchange.ts";
import { refuseOnSocket } from "./http1-refusal.ts";
import type { ExchangeHandler } from "./upgrade-router.ts";

export interface FirstReadOptions {
  /** Larger heads are Node.js' business. */
  readonly maxHeadBytes: number;
  /** How long a peer may say nothing, in milliseconds. */
  readonly timeoutMs: number;
  /** Who takes requests for `target`. */
  readonly handlerFor: (target: string) => ExchangeHandler | undefined;
  /** Gives a handle to Node.js, with what has been read from it. */
  readonly handOver: (handle: object, read: Uint8Array) => void;
}

/** Whose handles are looked at, and who is asked to look after the sockets. */
export interface FirstReadKeeper extends BareSocketKeeper {
  came(socket: BareSocket): void;
}

/** Handles that have been accepted, until their first bytes say what they are for. */
export class Arrivals {
  readonly options: FirstReadOptions;
  readonly #keeper: FirstReadKeeper;
  /** Who has said nothing yet, in the order in which they came. */
  readonly #silent = new Set<Arrival>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FirstReadOptions, keeper: FirstReadKeeper) {
    this.options = options;
    this.#keeper = keeper;
  }

  /** Takes `handle`; false when it cannot be taken, and is as it was. */
  add(handle: object): boolean {
    const socket = BareSocket.take(handle, this.#keeper, (taken) => this.#open(taken));
    if (socket === undefined) return false;
    this.#timer ??= setInterval(() => this.#check(), Math.ceil(this.options.timeoutMs / 4)).unref();
    return true;
  }

  remove(arrival: Arrival): void {
    this.#silent.delete(arrival);
  }

  #open(socket: BareSocket): Arrival {
    const arrival = new Arrival(socket, this);
    this.#keeper.came(socket);
    this.#silent.add(arrival);
    return arrival;
  }

  #check(): void {
    const latest = monotonicClock.now() - this.options.timeoutMs;
    for (const arrival of this.#silent) {
      if (arrival.since > latest) return;
      arrival.giveUp();
    }
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

class Arrival implements TransportEvents {
  readonly since = monotonicClock.now();
  readonly #socket: BareSocket;
  readonly #arrivals: Arrivals;

  constructor(socket: BareSocket, arrivals: Arrivals) {
    this.#socket = socket;
    this.#arrivals = arrivals;
  }

  /** Nothing has come for too long. */
  giveUp(): void {
    this.#arrivals.remove(this);
    refuseOnSocket(this.#socket.socket(), refuseHandshake({ status: 408 }));
  }

  received(chunk: Uint8Array): void {
    this.#arrivals.remove(this);
    const { maxHeadBytes, handlerFor, handOver } = this.#arrivals.options;
    const result = new HeadReader(parseRequestHead, { maxHeadBytes }, decodeHead).receive(chunk);
    if (result.state === "complete" && isUpgrade(result.head)) {
      const handler = handlerFor(result.head.target);
      if (handler !== undefined) {
        handler(new DirectExchange(result.head, this.#socket, result.rest));
        return;
      }
    }
    handOver(this.#socket.release(), chunk);
  }

  receivedEnd(): void {
    this.#socket.destroy();
  }

  /** Nothing is written here. */
  written(): void {
    // What is refused is written to the socket.
  }

  closed(): void {
    this.#arrivals.remove(this);
  }
}

function decodeHead(bytes: Uint8Array, byteLength: number): string {
  return asBuffer(bytes).toString("latin1", 0, byteLength);
}

/** Whether nothing about the request is anybody else's business; whether it is a good one is for the handshake to say. */
function isUpgrade({ method, httpVersion, headers }: HandshakeRequest): boolean {
  return (
    method === "GET" &&
    httpVersion === "1.1" &&
    headers.hasToken("upgrade", "websocket") &&
    headers.hasToken("connection", "upgrade") &&
    !bodyHeaders.some((name) => headers.has(name))
  );
}

const bodyHeaders = ["content-length", "transfer-encoding", "expect", "trailer"];
