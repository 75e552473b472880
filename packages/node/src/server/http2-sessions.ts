/**
 * The HTTP/2 sessions of a port that is there for WebSockets alone: idle ones are ended, and all of them when the port
 * closes.
 *
 * A session without a stream counts as idle from its first moment, so one whose peer says nothing is covered as well.
 * What streams carry, and how long, is not known here.
 */
import type { Http2SecureServer, Http2Server, ServerHttp2Session } from "node:http2";
import type { ServerHttp2Stream } from "node:http2";
import { monotonicClock, sharedDeadlines } from "../connection/deadline-queue.ts";

/** For a peer that does not go after being told so (GOAWAY), in milliseconds. */
const graceMs = 2000;

export class Http2Sessions {
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #idleMs: number;
  #closing = false;

  /** @param idleMs how long a session may be without a stream, in milliseconds */
  constructor(server: Http2Server | Http2SecureServer, idleMs: number) {
    this.#idleMs = idleMs;
    // Who takes WebSockets' streams out of a session (http2-streams.ts) puts aside the listeners that it finds there. To
    // hear of all streams is to come after it.
    server.on("session", (session) => queueMicrotask(() => this.#watch(session)));
  }

  /** Tells every peer that no more streams are taken (GOAWAY, RFC 9113 §6.8). A session ends with its last stream. */
  close(): void {
    this.#closing = true;
    for (const session of this.#sessions) session.close();
  }

  #watch(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    let streams = 0;
    const deadline = sharedDeadlines.open({
      wake: () => {
        if (session.closed) {
          session.destroy();
          return;
        }
        session.close();
        deadline.move(monotonicClock.now() + graceMs);
      },
    });
    const idle = (): void => deadline.move(monotonicClock.now() + this.#idleMs);
    idle();
    session.on("stream", (stream: ServerHttp2Stream) => {
      streams += 1;
      deadline.move(Infinity);
      stream.on("close", () => {
        streams -= 1;
        if (streams === 0 && this.#sessions.has(session)) idle();
      });
    });
    // What a session breaks of is of no interest: its streams hear of it.
    session.on("error", () => undefined);
    session.on("close", () => {
      this.#sessions.delete(session);
      deadline.move(Infinity);
    });
    if (this.#closing) session.close();
  }
}
