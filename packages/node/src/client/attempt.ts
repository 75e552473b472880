/**
 * One attempt to connect, from the name of the host to the Connection.
 *
 * It decides when it has failed, and leaves nothing behind when it has. How the server is asked, and what a good answer is,
 * is the opening's business.
 */
import type { ClientHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { ConnectionFailed, TautlineError } from "@tautline/protocol";
import type { ClientConnect, ClientHandshake, ConnectionFailedCode } from "@tautline/protocol";
import { Connection } from "../connection/connection.ts";
import { sharedDeadlines } from "../connection/deadline-queue.ts";
import type { Deadline } from "../connection/deadline-queue.ts";
import type { ConnectionSettings } from "../options.ts";
import { findWay } from "./dial.ts";
import type { Destination } from "./dial.ts";
import { Http1Opening } from "./http1-opening.ts";
import { Http2Opening } from "./http2-opening.ts";
import { openSession } from "./http2-session.ts";
import type { AnswerLimits } from "./http2-session.ts";
import type { Opened, Opening } from "./opening.ts";
import { sharedTurns } from "./remote-host.ts";
import type { LeaveTurn } from "./remote-host.ts";

/** What an attempt is made of. */
export interface AttemptParts {
  /** Where to, or a session that leads there. */
  readonly destination: Destination | ClientHttp2Session;
  /** By the versions that may be spoken. At least one is there, and for a session the one of HTTP/2. */
  readonly handshakes: Handshakes;
  readonly settings: ConnectionSettings;
  readonly answerLimits: AnswerLimits;
  readonly signal: AbortSignal | undefined;
  /** Whether it takes its turn with others to the same place. */
  readonly takesTurns: boolean;
}

export interface Handshakes {
  readonly http1: ClientHandshake | undefined;
  readonly http2: ClientConnect | undefined;
}

/** What OpenSSL calls the alert of a server that speaks nothing of what the client offers (RFC 7301 §3.2). */
const noCommonProtocol = "ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL";

export class Attempt {
  readonly #parts: AttemptParts;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: Deadline;
  /** What leads to the server: the last one is in use, the ones before carry it. */
  readonly #sockets: Socket[] = [];
  #opening: Opening | undefined;
  #leaveTurn: LeaveTurn | undefined;
  #resolve: ((connection: Connection) => void) | undefined;
  #reject: ((reason: unknown) => void) | undefined;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.#signal = parts.signal;
    this.#deadline = sharedDeadlines.open({
      wake: () => this.#fail(new ConnectionFailed("CONNECTION_CONNECT_TIMEOUT")),
    });
  }

  /** @param endsAt when it has taken too long, by the monotonic clock */
  run(endsAt: number): Promise<Connection> {
    this.#signal?.addEventListener("abort", this.#onAbort);
    this.#deadline.move(endsAt);
    const opened = new Promise<Connection>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#begin().catch((error: Error) => {
      if (error instanceof TautlineError) this.#fail(error);
      else this.#onGone(error);
    });
    return opened;
  }

  async #begin(): Promise<void> {
    const { destination, takesTurns } = this.#parts;
    if (!("url" in destination)) {
      this.#ask(this.#openingOn(destination, false));
      return;
    }
    const way = await findWay(destination);
    if (takesTurns) this.#leaveTurn = await sharedTurns.take(way.place);
    // Given up while it waited.
    if (this.#reject === undefined) {
      this.#leaveTurn?.();
      return;
    }
    const socket = await way.open(this.#onSocket);
    if (this.#reject !== undefined) this.#ask(this.#openingOver(socket, destination));
  }

  /** Over a socket that is connected: in the version of HTTP that both sides have. */
  #openingOver(socket: Socket, { url }: Destination): Opening {
    const { handshakes, answerLimits } = this.#parts;
    const { http1, http2 } = handshakes;
    const speaksHttp2 = !url.secure || ("alpnProtocol" in socket && socket.alpnProtocol === "h2");
    if (http2 !== undefined && speaksHttp2) {
      // The session knows what its socket breaks of.
      for (const held of this.#sockets) {
        held.on("error", ignore);
        this.#forget(held);
      }
      const origin = `${url.secure ? "https" : "http"}://${url.authority}`;
      return this.#openingOn(openSession(socket, origin, answerLimits), true);
    }
    if (http1 !== undefined) return new Http1Opening(socket, http1);
    throw new ConnectionFailed("CONNECTION_HTTP2", "server did not choose it");
  }

  #openingOn(session: ClientHttp2Session, ownsSession: boolean): Opening {
    const handshake = this.#parts.handshakes.http2;
    if (handshake === undefined) throw new ConnectionFailed("CONNECTION_HTTP2");
    return new Http2Opening({ session, handshake, ownsSession });
  }

  #ask(opening: Opening): void {
    this.#opening = opening;
    opening.begin({
      opened: (result) => this.#open(result),
      failed: (reason) => this.#fail(reason),
    });
  }

  readonly #onSocket = (socket: Socket): void => {
    if (this.#reject === undefined) {
      socket.on("error", ignore).destroy();
      return;
    }
    this.#sockets.push(socket);
    socket.on("error", this.#onGone);
    socket.on("close", this.#onGone);
  };

  /** A socket failed, before or after there was somebody to ask. */
  readonly #onGone = (given?: unknown): void => {
    const cause = given instanceof Error ? given : undefined;
    this.#fail(new ConnectionFailed(this.#failureBy(cause), cause?.message, { cause }));
  };

  #failureBy(cause: Error | undefined): ConnectionFailedCode {
    if (this.#opening !== undefined) return "CONNECTION_HANDSHAKE_CUT";
    const hasNoProtocol = cause !== undefined && "code" in cause && cause.code === noCommonProtocol;
    return hasNoProtocol && this.#parts.handshakes.http2 !== undefined
      ? "CONNECTION_HTTP2"
      : "CONNECTION_UNREACHABLE";
  }

  readonly #onAbort = (): void => {
    this.#fail(this.#signal?.reason);
  };

  #fail(reason: unknown): void {
    const reject = this.#reject;
    const sockets = this.#finish();
    this.#opening?.giveUp();
    for (const socket of sockets) {
      // Errors that come later are of no interest; without a listener they would be uncaught.
      socket.on("error", ignore);
      socket.destroy();
    }
    reject?.(reason);
  }

  #open({ subprotocol, extensions, rest, openTransport }: Opened): void {
    const resolve = this.#resolve;
    this.#finish();
    const connection = new Connection({
      role: "client",
      settings: this.#parts.settings,
      subprotocol,
      data: undefined,
      extensions,
      openTransport,
    });
    connection.start(rest);
    resolve?.(connection);
  }

  #forget(socket: Socket): void {
    socket.off("error", this.#onGone);
    socket.off("close", this.#onGone);
  }

  /** Lets go of the turn, the timer, the signal and the sockets, which now belong to the caller. */
  #finish(): Socket[] {
    const sockets = this.#sockets.splice(0);
    for (const socket of sockets) this.#forget(socket);
    this.#deadline.move(Infinity);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#leaveTurn?.();
    this.#resolve = undefined;
    this.#reject = undefined;
    return sockets;
  }
}

function ignore(): void {
  // Somebody else is told, or nobody needs to be.
}
