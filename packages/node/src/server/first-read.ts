/**
 * The sockets of a port of one's own, before anybody has said what they are for.
 *
 * Nearly all of them ask for a WebSocket, in a head that comes whole in the first read. Those are taken past Node.js' http,
 * which costs more than all the rest of a connection. Everything else goes to it with the bytes as they came: a head in
 * pieces, one that is read in two ways or too large, another method, a body, any other request. So what may be judged in
 * more than one way is judged by Node.js alone.
 */
import { Buffer } from "node:buffer";
import type { Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import { HeadReader, parseRequestHead, refuseHandshake } from "@tautline/protocol";
import type { HandshakeRequest } from "@tautline/protocol";
import { monotonicClock } from "../connection/deadline-queue.ts";
import { readByStream, readPast } from "../connection/shared-reading.ts";
import type { SocketReader } from "../connection/shared-reading.ts";
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
}

/** Calls Node.js' own listener for a server's connections. */
type Hand = (socket: Socket) => void;

/** Looks at the first bytes of `server`'s connections before Node.js does, if it can. */
export function takeFirstReads(server: HttpServer, options: FirstReadOptions): void {
  const [listener, ...others] = server.listeners("connection");
  // Not as expected: then everything stays with Node.js.
  if (listener === undefined || others.length > 0) return;
  const hand: Hand = (socket) => void Reflect.apply(listener, server, [socket]);
  const arrivals = new Arrivals(options, hand);
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    if (!arrivals.add(socket)) hand(socket);
  });
}

class Arrivals {
  readonly options: FirstReadOptions;
  readonly hand: Hand;
  /** Who has said nothing yet, in the order in which they came. */
  readonly #silent = new Set<Arrival>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FirstReadOptions, hand: Hand) {
    this.options = options;
    this.hand = hand;
  }

  add(socket: Socket): boolean {
    const arrival = new Arrival(socket, this);
    if (!readPast(socket, arrival)) return false;
    arrival.listen();
    this.#silent.add(arrival);
    this.#timer ??= setInterval(() => this.#check(), Math.ceil(this.options.timeoutMs / 4)).unref();
    return true;
  }

  remove(arrival: Arrival): void {
    this.#silent.delete(arrival);
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

class Arrival implements SocketReader {
  readonly since = monotonicClock.now();
  readonly #socket: Socket;
  readonly #arrivals: Arrivals;

  constructor(socket: Socket, arrivals: Arrivals) {
    this.#socket = socket;
    this.#arrivals = arrivals;
  }

  listen(): void {
    const socket = this.#socket;
    // An error is followed by 'close'.
    socket.on("error", ignore);
    socket.on("end", this.#onGone);
    socket.on("close", this.#onGone);
    // Without it an end that nothing came before would not show.
    socket.resume();
  }

  /** Nothing has come for too long. */
  giveUp(): void {
    this.#leave();
    readByStream(this.#socket);
    refuseOnSocket(this.#socket, refuseHandshake({ status: 408 }));
  }

  read(memory: Buffer): boolean {
    this.#leave();
    const { maxHeadBytes, handlerFor } = this.#arrivals.options;
    const result = new HeadReader(parseRequestHead, { maxHeadBytes }).receive(memory);
    if (result.state === "complete" && isUpgrade(result.head)) {
      const handler = handlerFor(result.head.target);
      if (handler !== undefined) {
        handler(new DirectExchange(result.head, this.#socket, result.rest));
        return true;
      }
    }
    return this.#handOver(memory);
  }

  #handOver(memory: Buffer): boolean {
    const socket = this.#socket;
    readByStream(socket);
    this.#arrivals.hand(socket);
    // It listens by now, and the stream flows.
    return socket.push(Buffer.from(memory));
  }

  #leave(): void {
    const socket = this.#socket;
    this.#arrivals.remove(this);
    socket.off("error", ignore);
    socket.off("end", this.#onGone);
    socket.off("close", this.#onGone);
  }

  readonly #onGone = (): void => {
    this.#leave();
    this.#socket.destroy();
  };
}

const ignore = (): void => undefined;

/** Whether nothing about the request is anybody else's business; whether it is a good one is for the handshake to say. */
function isUpgrade({ method, httpVersion, headers }: HandshakeRequest): boolean {
  return (
    method === "GET" &&
    httpVersion === "1.1" &&
    headers.tokens("upgrade").includes("websocket") &&
    headers.tokens("connection").includes("upgrade") &&
    !bodyHeaders.some((name) => headers.has(name))
  );
}

const bodyHeaders = ["content-length", "transfer-encoding", "expect", "trailer"];
