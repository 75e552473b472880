/**
 * Takes streams out of the sessions of an HTTP/2 server before anybody else sees them.
 *
 * Node.js gives each stream to every listener for 'stream', and answers a CONNECT with 405 on its own where there are
 * listeners for 'request'. A WebSocket must reach neither: whoever answers every stream would answer it a second time, which
 * throws. So it is taken where streams come in, at the session, and all others pass on as they were.
 */
import type {
  Http2SecureServer,
  Http2Server,
  IncomingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from "node:http2";
import type { Unsubscribe } from "../connection/listeners.ts";
import type { IncomingStream } from "./http2-exchange.ts";

/** Whether it takes the stream. */
export type StreamTaker = (incoming: IncomingStream) => boolean;

/**
 * Shows `taker` every stream of sessions that begin from here on, as long as they last; no more sessions once told to stop.
 */
export function takeStreams(
  server: Http2Server | Http2SecureServer,
  taker: StreamTaker,
): Unsubscribe {
  const onSession = (session: ServerHttp2Session): void => {
    const others = session.listeners("stream");
    session.removeAllListeners("stream");
    session.on("stream", function onStream(this: unknown, ...given: StreamArguments) {
      const [stream, headers, , rawHeaders] = given;
      if (taker({ stream, headers, rawHeaders })) return;
      for (const listener of others) Reflect.apply(listener, this, given);
    });
  };
  server.on("session", onSession);
  return () => server.off("session", onSession);
}

type StreamArguments = [
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders: string[],
];
