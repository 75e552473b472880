/**
 * Opens a connection as a client: socket, TLS, handshake, and then a Connection over the same socket.
 *
 * It decides when an attempt has failed, and leaves nothing behind when it has. What a good answer of the server is,
 * is the protocol's business.
 */
import type { Socket } from "node:net";
import { ClientHandshake, ConnectionFailed, TautlineError, UsageError } from "@tautline/protocol";
import type { HandshakeOpened, HeaderPair } from "@tautline/protocol";
import { Connection } from "../connection/connection.ts";
import { monotonicClock, sharedDeadlines } from "../connection/deadline-queue.ts";
import type { Deadline } from "../connection/deadline-queue.ts";
import { compressionExtensions } from "../compression/deflate-extension.ts";
import { findWay } from "./dial.ts";
import type { Destination } from "./dial.ts";
import { resolveConnectionSettings, resolveNodeSettings } from "../options.ts";
import type { ConnectOptions, ConnectionSettings, HeadersInput, NodeSettings } from "../options.ts";
import { nodePlatform } from "../platform.ts";
import { chooseProxy } from "./proxy-url.ts";
import { redirectedRequest } from "./redirect.ts";
import type { ClientRequest } from "./redirect.ts";
import { sharedTurns } from "./remote-host.ts";
import type { LeaveTurn } from "./remote-host.ts";
import { openTransport } from "../connection/handle-transport.ts";
import { parseWebSocketUrl } from "./websocket-url.ts";
import type { WebSocketUrl } from "./websocket-url.ts";

/**
 * Connects to a WebSocket server.
 *
 * @param url `ws:` or `wss:`; a user and password in it are sent as `Authorization`
 * @throws UsageError for a URL or options that could not work; nothing has been sent then
 * @throws ConnectionFailed `CONNECTION_UNREACHABLE`, `CONNECTION_CONNECT_TIMEOUT`, `CONNECTION_HANDSHAKE_CUT`,
 *   `CONNECTION_PROXY`, or a HandshakeRefused with the status and headers of a server that says no
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
  const { headers = {}, tls, socketPath } = options;
  const request: ClientRequest = { url: parseWebSocketUrl(url), headers, tls, socketPath };
  const settings = resolveNodeSettings(options);
  return follow(request, options, settings, prepareAttempt(request, options));
}

/** Makes `attempt`, and others where redirects lead. */
async function follow(
  request: ClientRequest,
  options: ConnectOptions,
  { connectTimeoutMs, maxRedirects }: NodeSettings,
  attempt: Attempt,
): Promise<Connection> {
  const endsAt = monotonicClock.now() + connectTimeoutMs;
  for (let redirects = 0; ; redirects += 1) {
    try {
      return await attempt.run(endsAt);
    } catch (error) {
      const next = redirects < maxRedirects ? redirectedRequest(error, request) : undefined;
      if (next === undefined) throw error;
      request = next;
      attempt = prepareAttempt(request, options);
    }
  }
}

/** Checks everything that can be checked before anything is sent. */
function prepareAttempt(request: ClientRequest, options: ConnectOptions): Attempt {
  const { url, headers, tls, socketPath } = request;
  const settings = resolveConnectionSettings("client", options);
  const handshake = new ClientHandshake({
    host: url.authority,
    target: url.target,
    secure: url.secure,
    subprotocols: options.subprotocols,
    headers: requestHeaders(url, headers),
    extensions: compressionExtensions("client", options.compression ?? true),
    limits: options.headLimits,
    platform: nodePlatform,
  });
  if (socketPath !== undefined && options.proxy !== undefined) {
    throw new UsageError("USAGE_OPTION", "socketPath and proxy exclude each other");
  }
  const proxy = chooseProxy(url, options.proxy);
  options.signal?.throwIfAborted();
  const destination: Destination = {
    url,
    tls,
    socketPath,
    proxy: proxy && { proxy, tls: options.proxyTls },
  };
  return new Attempt({ destination, options, handshake, settings });
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

/** What an attempt is made of. */
interface AttemptParts {
  readonly destination: Destination;
  readonly options: ConnectOptions;
  readonly handshake: ClientHandshake;
  readonly settings: ConnectionSettings;
}

/** One attempt, from the name of the host to the Connection. */
class Attempt {
  readonly #parts: AttemptParts;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: Deadline;
  /** What leads to the server: the last one is in use, the ones before carry it. */
  readonly #sockets: Socket[] = [];
  #leaveTurn: LeaveTurn | undefined;
  #resolve: ((connection: Connection) => void) | undefined;
  #reject: ((reason: unknown) => void) | undefined;
  #connected = false;

  constructor(parts: AttemptParts) {
    this.#parts = parts;
    this.#signal = parts.options.signal;
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
      else this.#failBy(error);
    });
    return opened;
  }

  async #begin(): Promise<void> {
    const { destination, options, handshake } = this.#parts;
    const way = await findWay(destination);
    if (options.parallelHandshakes !== true) {
      this.#leaveTurn = await sharedTurns.take(way.place);
    }
    // Given up while it waited.
    if (this.#reject === undefined) {
      this.#leaveTurn?.();
      return;
    }
    const socket = await way.open(this.#onSocket);
    if (this.#reject === undefined) return;
    this.#connected = true;
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.write(handshake.request);
    // Whoever asked a proxy for the way has paused it.
    socket.resume();
  }

  readonly #onSocket = (socket: Socket): void => {
    if (this.#reject === undefined) {
      socket.on("error", () => undefined).destroy();
      return;
    }
    this.#sockets.push(socket);
    socket.on("error", this.#onError);
    socket.on("close", this.#onEnd);
  };

  readonly #onData = (chunk: Buffer): void => {
    const result = this.#parts.handshake.receive(chunk);
    if (result.state === "opened") this.#open(result);
    else if (result.state === "failed") this.#fail(result.error);
  };

  readonly #onEnd = (): void => {
    this.#failBy(undefined);
  };

  readonly #onError = (error: Error): void => {
    this.#failBy(error);
  };

  readonly #onAbort = (): void => {
    this.#fail(this.#signal?.reason);
  };

  /** The socket failed, before or after it was connected. */
  #failBy(cause: Error | undefined): void {
    const code = this.#connected ? "CONNECTION_HANDSHAKE_CUT" : "CONNECTION_UNREACHABLE";
    this.#fail(new ConnectionFailed(code, cause?.message, { cause }));
  }

  #fail(reason: unknown): void {
    const reject = this.#reject;
    for (const socket of this.#finish()) {
      // Errors that come later are of no interest; without a listener they would be uncaught.
      socket.on("error", () => undefined);
      socket.destroy();
    }
    reject?.(reason);
  }

  #open({ subprotocol, extensions, rest }: HandshakeOpened): void {
    const resolve = this.#resolve;
    const socket = this.#finish().at(-1);
    if (socket === undefined) return;
    const connection = new Connection({
      role: "client",
      settings: this.#parts.settings,
      subprotocol,
      data: undefined,
      extensions,
      openTransport: (events) => openTransport(socket, events),
    });
    connection.start(rest);
    resolve?.(connection);
  }

  /** Lets go of the turn, the timer, the signal and the sockets, which now belong to the caller. */
  #finish(): Socket[] {
    const sockets = this.#sockets.splice(0);
    for (const socket of sockets) {
      socket.off("data", this.#onData);
      socket.off("end", this.#onEnd);
      socket.off("error", this.#onError);
      socket.off("close", this.#onEnd);
    }
    this.#deadline.move(Infinity);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#leaveTurn?.();
    this.#resolve = undefined;
    this.#reject = undefined;
    return sockets;
  }
}
