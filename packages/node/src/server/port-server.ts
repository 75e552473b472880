/**
 * The server behind a port that is there for WebSockets alone: of HTTP/1.1, or of HTTP/2 and, where TLS lets a client choose,
 * HTTP/1.1 beside it.
 *
 * It says how long a head may take and how large it may be, and answers requests that ask for no WebSocket.
 */
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, ServerOptions as HttpOptions, ServerResponse } from "node:http";
import { createSecureServer, createServer as createHttp2Server } from "node:http2";
import type {
  Http2SecureServer,
  Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
  ServerOptions as Http2Options,
} from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import { refuseHandshake } from "@tautline/protocol";
import type { ServerSettings } from "../options.ts";
import { refuseOnStream } from "./http2-exchange.ts";

/** WebSockets and other requests at one time in one HTTP/2 session. For more a client opens another session, or waits. */
const maxConcurrentStreams = 1000;

/** How long a socket may stay that has no request any more, in milliseconds. */
export function idleMsOf({ handshakeTimeoutMs }: ServerSettings): number {
  return Math.min(handshakeTimeoutMs, 5000);
}

export function createHttp1Server(settings: ServerSettings): HttpServer | HttpsServer {
  const { handshakeTimeoutMs, tls } = settings;
  const options = http1Options(settings);
  return tls === undefined
    ? createHttpServer(options, answerPlainRequest)
    : createHttpsServer(
        { handshakeTimeout: handshakeTimeoutMs, ...tls, ...options },
        answerPlainRequest,
      );
}

/** Without TLS it speaks HTTP/2 only, with clients that know that (RFC 9113 §3.3). */
export function createHttp2PortServer(settings: ServerSettings): Http2Server | Http2SecureServer {
  const { handshakeTimeoutMs, maxHeadBytes, tls } = settings;
  const options: Http2Options = {
    settings: { maxConcurrentStreams, maxHeaderListSize: maxHeadBytes },
    unknownProtocolTimeout: handshakeTimeoutMs,
  };
  if (tls === undefined) return createHttp2Server(options, answerPlainRequest);
  const http1 = http1Options(settings);
  const server = createSecureServer(
    { handshakeTimeout: handshakeTimeoutMs, ...tls, ...http1, ...options, allowHTTP1: true },
    answerPlainRequest,
  );
  // Node.js reads these off the server; as options it takes them for HTTP/1.1 servers only.
  return Object.assign(server, http1);
}

function http1Options(settings: ServerSettings): HttpOptions {
  const { handshakeTimeoutMs } = settings;
  return {
    headersTimeout: handshakeTimeoutMs,
    requestTimeout: handshakeTimeoutMs,
    connectionsCheckingInterval: Math.ceil(handshakeTimeoutMs / 4),
    keepAliveTimeout: idleMsOf(settings),
    // The handshake refuses a head with more headers than it allows; none may be cut off before it can count them.
    maxHeaderSize: settings.maxHeadBytes,
  };
}

/**
 * RFC 9110 §15.5.22: what to upgrade to. In HTTP/2, which has no upgrades, there just is nothing.
 */
function answerPlainRequest(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): void {
  const text = "This is a WebSocket server.";
  if ("stream" in request) {
    refuseOnStream(request.stream, refuseHandshake({ status: 404, text }));
    return;
  }
  const body = `${text}\n`;
  response.writeHead(426, {
    Connection: "close, Upgrade",
    Upgrade: "websocket",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}
