/**
 * Opens a connection as a client: checks what is wanted, and makes one attempt after the other where redirects, or a server
 * without WebSockets over HTTP/2, ask for another.
 *
 * What an attempt is, and what a good answer of the server, is known elsewhere.
 */
import {
  ClientConnect,
  ClientHandshake,
  ConnectionFailed,
  UsageError,
  headLimitDefaults,
} from "@tautline/protocol";
import type { HeaderPair } from "@tautline/protocol";
import type { Connection } from "../connection/connection.ts";
import { monotonicClock } from "../connection/deadline-queue.ts";
import { compressionExtensions } from "../compression/deflate-extension.ts";
import { resolveConnectionSettings, resolveNodeSettings } from "../options.ts";
import type { ConnectOptions, HeadersInput, NodeSettings } from "../options.ts";
import { nodePlatform } from "../platform.ts";
import { Attempt } from "./attempt.ts";
import type { AttemptParts, Handshakes } from "./attempt.ts";
import { versionsFor } from "./http-versions.ts";
import type { HttpVersion } from "./http-versions.ts";
import { chooseProxy } from "./proxy-url.ts";
import { redirectedRequest } from "./redirect.ts";
import type { ClientRequest } from "./redirect.ts";
import { parseWebSocketUrl } from "./websocket-url.ts";
import type { WebSocketUrl } from "./websocket-url.ts";

/**
 * Connects to a WebSocket server.
 *
 * @param url `ws:` or `wss:`; a user and password in it are sent as `Authorization`
 * @throws UsageError for a URL or options that could not work; nothing has been sent then
 * @throws ConnectionFailed `CONNECTION_UNREACHABLE`, `CONNECTION_CONNECT_TIMEOUT`, `CONNECTION_HANDSHAKE_CUT`,
 *   `CONNECTION_PROXY`, `CONNECTION_HTTP2`, or a HandshakeRefused with the status and headers of a server that says no
 * @throws ProtocolViolation, LimitExceeded for an answer that is none
 * @throws the signal's reason when it is aborted before the connection is open
 */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<Connection> {
  return beginConnect(url, options);
}

/** As {@link connect}, except that what has to be known before anything is sent is thrown at once. */
export function beginConnect(url: string | URL, options: ConnectOptions): Promise<Connection> {
  const { headers = {}, tls, socketPath, http2 } = options;
  const request: ClientRequest = { url: parseWebSocketUrl(url), headers, tls, socketPath, http2 };
  const settings = resolveNodeSettings(options);
  return follow(request, options, settings, prepareAttempt(request, options));
}

/** Makes `attempt`, and others where redirects lead, or where HTTP/2 was only preferred. */
async function follow(
  request: ClientRequest,
  options: ConnectOptions,
  { connectTimeoutMs, maxRedirects }: NodeSettings,
  attempt: Attempt,
): Promise<Connection> {
  const endsAt = monotonicClock.now() + connectTimeoutMs;
  for (let redirects = 0; ;) {
    try {
      return await attempt.run(endsAt);
    } catch (error) {
      const older = olderRequest(error, request);
      const next =
        older ?? (redirects < maxRedirects ? redirectedRequest(error, request) : undefined);
      if (next === undefined) throw error;
      if (older === undefined) redirects += 1;
      request = next;
      attempt = prepareAttempt(request, options);
    }
  }
}

/** The same request in HTTP/1.1, when HTTP/2 was preferred and the server takes no WebSockets over it. */
function olderRequest(error: unknown, request: ClientRequest): ClientRequest | undefined {
  const isMissing = error instanceof ConnectionFailed && error.code === "CONNECTION_HTTP2";
  return isMissing && request.http2 === "prefer" ? { ...request, http2: false } : undefined;
}

/** Checks everything that can be checked before anything is sent. */
function prepareAttempt(request: ClientRequest, options: ConnectOptions): Attempt {
  const versions = versionsFor(request.http2, request.url);
  const parts: AttemptParts = {
    handshakes: handshakesFor(request, options, versions),
    destination: destinationOf(request, options, versions),
    settings: resolveConnectionSettings("client", options),
    answerLimits: { ...headLimitDefaults, ...options.headLimits },
    signal: options.signal,
    takesTurns: options.parallelHandshakes !== true,
  };
  options.signal?.throwIfAborted();
  return new Attempt(parts);
}

function handshakesFor(
  { url, headers }: ClientRequest,
  options: ConnectOptions,
  versions: readonly HttpVersion[],
): Handshakes {
  const wanted = {
    host: url.authority,
    target: url.target,
    secure: url.secure,
    subprotocols: options.subprotocols,
    headers: requestHeaders(url, headers),
    extensions: compressionExtensions("client", options.compression ?? true),
  };
  const { headLimits } = options;
  return {
    http1: versions.includes("http/1.1")
      ? new ClientHandshake({ ...wanted, limits: headLimits, platform: nodePlatform })
      : undefined,
    http2: versions.includes("h2")
      ? new ClientConnect({ ...wanted, maxHeaderCount: headLimits?.maxHeaderCount })
      : undefined,
  };
}

function destinationOf(
  { url, tls, socketPath, http2 }: ClientRequest,
  options: ConnectOptions,
  versions: readonly HttpVersion[],
): AttemptParts["destination"] {
  if (socketPath !== undefined && options.proxy !== undefined) {
    throw new UsageError("USAGE_OPTION", "socketPath and proxy exclude each other");
  }
  if (typeof http2 === "object") {
    if (socketPath !== undefined || options.proxy !== undefined || tls !== undefined) {
      throw new UsageError(
        "USAGE_OPTION",
        "a session leads to its server: no socketPath, proxy, tls",
      );
    }
    return http2;
  }
  const proxy = chooseProxy(url, options.proxy);
  return {
    url,
    tls,
    socketPath,
    proxy: proxy && { proxy, tls: options.proxyTls },
    versions,
  };
}

function requestHeaders(target: WebSocketUrl, headers: HeadersInput): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (const [name, value] of Object.entries(headers)) {
    for (const single of typeof value === "string" ? [value] : value) pairs.push([name, single]);
  }
  const hasOwn = pairs.some(([name]) => name.toLowerCase() === "authorization");
  if (target.authorization !== undefined && !hasOwn) {
    pairs.push(["Authorization", target.authorization]);
  }
  return pairs;
}
